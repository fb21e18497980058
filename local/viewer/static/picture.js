// A widget as a PNG: plotly.js makes those that it drew; of the others their HTML is drawn with its styles written out.

import { theme } from "./colours.js";

const SCALE = 2;
const STYLES = ["background-color", "border-bottom", "border-left", "border-radius", "border-right", "border-top", "box-sizing", "color", "column-gap", "display", "fill", "flex", "flex-direction", "flex-wrap", "font-family", "font-size", "font-weight", "gap", "grid-template-columns", "height", "justify-content", "align-items", "line-height", "margin", "overflow", "overflow-wrap", "padding", "stroke", "stroke-width", "text-align", "text-decoration-line", "vertical-align", "white-space", "width", "border-collapse", "border-spacing", "table-layout"];

export async function savePicture(widget) {
  const name = `${widget.document?.title || widget.section.id}.png`.replace(/[^\w .-]+/g, "_");
  const url = await (widget.graph ? ofGraph(widget.graph.picture(), widget.graph) : widget.drawn && widget.body.querySelector(".plot") ? ofStill(widget) : ofHtml(widget.section));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

const ofGraph = (figure, { width }) => toPng(figure, width, figure.layout.height);

function ofStill(widget) {
  const { data, layout } = widget.drawn;
  return toPng({ data, layout: { ...layout, paper_bgcolor: theme().paper, title: { text: "", font: { size: 14 } } } }, layout.width, layout.height);
}

async function toPng(figure, width, height) {
  const text = await window.Plotly.toImage(figure, { format: "png", width, height, scale: SCALE });
  const bytes = Uint8Array.from(atob(text.split(",")[1]), (character) => character.charCodeAt(0));
  return URL.createObjectURL(new Blob([bytes], { type: "image/png" }));
}

async function ofHtml(section) {
  const { width, height } = section.getBoundingClientRect();
  const copy = withStyles(section);
  const text = new XMLSerializer().serializeToString(copy);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width * SCALE}" height="${height * SCALE}" viewBox="0 0 ${width} ${height}"><foreignObject width="100%" height="100%">${text}</foreignObject></svg>`;
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width * SCALE, height * SCALE];
  canvas.getContext("2d").drawImage(image, 0, 0);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  return URL.createObjectURL(blob);
}

function withStyles(original) {
  const copy = original.cloneNode(false);
  if (original.nodeType === Node.TEXT_NODE) return copy;
  const style = getComputedStyle(original);
  for (const name of [...copy.attributes].map((one) => one.name)) if (!["viewBox", "points", "preserveAspectRatio", "vector-effect", "fill", "stroke"].includes(name)) copy.removeAttribute(name);
  for (const name of STYLES) copy.style.setProperty(name, style.getPropertyValue(name));
  for (const child of original.childNodes) {
    if (child.nodeType === Node.TEXT_NODE || (child.nodeType === Node.ELEMENT_NODE && !child.matches("[data-menu], script, [hidden]"))) copy.append(withStyles(child));
  }
  return copy;
}
