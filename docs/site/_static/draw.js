// Draws the page's diagrams in the colours of its theme, and again when that changes.
const diagrams = [...document.querySelectorAll("pre.mermaid")];
const sources = diagrams.map((diagram) => diagram.textContent);
const system = matchMedia("(prefers-color-scheme: dark)");

function isDark() {
  const chosen = document.body.dataset.theme;
  return chosen === "dark" || (chosen !== "light" && system.matches);
}

async function draw() {
  mermaid.initialize({ startOnLoad: false, theme: isDark() ? "dark" : "default" });
  diagrams.forEach((diagram, number) => {
    delete diagram.dataset.processed;
    diagram.textContent = sources[number];
  });
  await mermaid.run({ nodes: diagrams });
}

draw();
system.addEventListener("change", draw);
new MutationObserver(draw).observe(document.body, { attributeFilter: ["data-theme"] });
