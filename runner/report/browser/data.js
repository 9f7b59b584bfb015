"use strict";
// The files, as the page holds them: compressed where they are many.
async function readFiles() {
  const element = document.getElementById("files-data");
  if (element.dataset.kind === "json") return JSON.parse(element.textContent);
  const bytes = Uint8Array.from(atob(element.textContent.trim()), letter => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}
// Of an interval, the lower end counts.
const number = text => Number(text.replace(/ to .*/, "").replace(/[,%]/g, ""));
const isNumber = text => text !== "" && !Number.isNaN(number(text));
const make = (name, text, attributes = {}) => {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
};
// What is known of each column: its cells as numbers where all are, and its different values.
function columnsOf(data) {
  return data.heading.map((name, at) => {
    const texts = data.rows.map(row => row[at]);
    const filled = texts.filter(text => text !== "");
    const numeric = filled.length > 0 && filled.every(isNumber);
    const values = [...new Set(filled)];
    const compare = (one, other) => numeric ? number(one) - number(other)
      : one.localeCompare(other, undefined, {numeric: true});
    if (values.length <= 60) values.sort(compare);
    const unit = numeric && filled[0].endsWith("%") ? "%" : "";
    return {name, at, texts, numeric, values, compare, unit,
      numbers: numeric ? texts.map(text => text === "" ? NaN : number(text)) : null};
  });
}
