// What is written on the page, and its contrast: of all that the notebook shows as text, in
// tables, prompts and timelines. (Code, prose and diagrams are in JupyterLab's own colours.)
panel => {
    // Colours come in many notations; painted one upon the other, each is four bytes.
    const canvas = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
    const painted = colours => {
        canvas.clearRect(0, 0, 1, 1);
        for (const colour of colours) {
            canvas.fillStyle = colour;
            canvas.fillRect(0, 0, 1, 1);
        }
        return [...canvas.getImageData(0, 0, 1, 1).data];
    };

    const linear = part => part > 0.04045 ? ((part + 0.055) / 1.055) ** 2.4 : part / 12.92;
    const light = ([red, green, blue]) =>
        0.2126 * linear(red / 255) + 0.7152 * linear(green / 255) + 0.0722 * linear(blue / 255);
    const contrast = (ground, text) => {
        const lights = [light(painted(ground)), light(painted([...ground, text]))];
        return (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
    };

    const behind = element =>
        element ? [...behind(element.parentElement), getComputedStyle(element).backgroundColor] : [];
    const isWritten = element => element.getClientRects().length && (
        element.matches("input, select") ||
        [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim())
    );
    const shown = ":is(.jp-RenderedHTML, .jp-RenderedText, .jupyter-widgets)";
    const texts = [...panel.querySelectorAll(`.jp-OutputArea :is(${shown}, ${shown} *)`)]
        .filter(isWritten)
        .map(element => [
            element.value ?? element.textContent,
            contrast(behind(element), getComputedStyle(element).color),
        ]);

    const pictures = [...panel.querySelectorAll(".jp-RenderedSVG img")].flatMap(image => {
        const host = document.body.appendChild(document.createElement("div"));
        const root = host.attachShadow({mode: "open"});
        root.innerHTML = decodeURIComponent(image.src.slice(image.src.indexOf(",") + 1));
        const ground = getComputedStyle(root.querySelector("rect")).fill;
        const found = [...root.querySelectorAll("text")].map(
            text => [text.textContent, contrast([ground], getComputedStyle(text).fill)]
        );
        host.remove();
        return found;
    });
    return [...texts, ...pictures];
}
