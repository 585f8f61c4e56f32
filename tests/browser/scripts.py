"""What is asked of the page itself, in its own language."""

from pathlib import Path

RAN = """([cell, before]) => {
    const now = cell.querySelector(".jp-InputPrompt").textContent;
    return /\\d/.test(now) && now !== before;
}"""

ALL_RAN = """([panel, before]) => {
    const prompts = [...panel.querySelectorAll(".jp-CodeCell .jp-InputPrompt")];
    const texts = prompts.map(prompt => prompt.textContent), last = texts.at(-1);
    const error = panel.querySelector('[data-mime-type="application/vnd.jupyter.stderr"]');
    return !texts.includes("[*]:") && (error || /\\d/.test(last) && last !== before);
}"""

WAITING = """panel => [...panel.querySelectorAll(".jp-CodeCell")].filter(
    cell => cell.querySelector(".jp-InputPrompt").textContent === "[*]:"
).map(cell => cell.querySelector(".jp-InputArea-editor").innerText)"""

DRAWN = """panel => [
    ...panel.querySelectorAll(".jp-RenderedMermaid img, .jp-RenderedSVG img")
].every(image => image.complete && image.naturalWidth && image.getClientRects().length)"""

WRONG = """panel => [...panel.querySelectorAll(`
    [data-mime-type="application/vnd.jupyter.error"],
    [data-mime-type="application/vnd.jupyter.stderr"],
    .jp-RenderedMermaid.jp-mod-warning,
    .jupyter-widgets-error-widget
`)].map(element => element.textContent)"""

NAMELESS = """panel => [
    ...panel.querySelectorAll(".jp-OutputArea :is(input, select, textarea)")
].filter(
    field => ![...field.labels].some(label => /[a-z]/i.test(label.innerText))
).map(field => "a prompt without a name: " + field.outerHTML)"""

HEADS = """panel => [...panel.querySelectorAll(".jp-OutputArea table")].map(
    table => [...table.querySelectorAll("th")].map(head => head.textContent)
)"""

CONTRASTS = Path(__file__).with_name("contrast.js").read_text("utf-8")

LINES_OF_CODE = """panel => [
    ...panel.querySelectorAll(".jp-OutputArea .jp-RenderedMarkdown pre")
].map(
    block => {
        const text = document.createRange();
        text.selectNodeContents(block);
        const line = parseFloat(getComputedStyle(block).lineHeight);
        return Math.round(text.getBoundingClientRect().height / line);
    }
)"""

CUT = """panel => [...panel.querySelectorAll(`
    .jp-RenderedSVG, .jp-RenderedMermaid, .jp-OutputArea .jupyter-widgets
`)].filter(
    element => element.scrollWidth > element.clientWidth + 1
).map(element => element.outerHTML.slice(0, 200))"""

TORN = """panel => [...panel.querySelectorAll(".jp-RenderedText pre")].flatMap(block => {
    const texts = document.createTreeWalker(block, NodeFilter.SHOW_TEXT), range = new Range();
    const torn = [];
    while (texts.nextNode()) {
        for (const word of texts.currentNode.data.matchAll(/[A-Za-z]+/g)) {
            range.setStart(texts.currentNode, word.index);
            range.setEnd(texts.currentNode, word.index + word[0].length);
            const tops = new Set([...range.getClientRects()].map(box => Math.round(box.top)));
            if (tops.size > 1) torn.push(word[0]);
        }
    }
    return torn;
})"""

NOT_DRAWN = """() => [...document.querySelectorAll("pre.mermaid")].filter(
    diagram => !diagram.querySelector("svg") || diagram.querySelector(".error-icon")
).map(diagram => `not drawn: ${diagram.textContent}`)"""

SITE_DRAWN = f"() => ({NOT_DRAWN})().length === 0"

SIDEWAYS = """() => [...document.querySelectorAll("html, .content")].filter(
    part => part.scrollWidth > part.clientWidth + 1
).map(part => `is ${part.scrollWidth} wide: ${part.tagName}`)"""

BRIGHTNESS = """() => {
    const [red, green, blue] = getComputedStyle(document.body).backgroundColor.match(/\\d+/g);
    return (0.3 * red + 0.6 * green + 0.1 * blue) / 255;
}"""

WHITE_SPACE = "all => all.map(each => getComputedStyle(each).whiteSpace)"
