// What is chosen above the table decides what plot and table show.
function chosen(columns, texts) {
  const words = document.getElementById("words").value.toLowerCase().split(/\s+/).filter(Boolean);
  const device = document.getElementById("device")?.value;
  const runs = columns.find(each => each.name === `${device}: runs`);
  const exact = [...document.querySelectorAll("select[data-at]")].filter(each => each.value !== "")
    .map(each => [columns[Number(each.dataset.at)].texts, each.value.slice(1)]);
  return row => exact.every(([cells, value]) => cells[row] === value)
    && (!runs || runs.texts[row].startsWith("yes"))
    && words.every(word => texts[row].includes(word));
}
function offer(select, columns, value) {
  for (const column of columns) select.append(make("option", column.name, {value: column.at}));
  select.value = columns.find(each => each.name === value)?.at ?? columns[0]?.at ?? "";
}
function addFilters(columns, settings) {
  const box = document.getElementById("filters");
  for (const column of columns) {
    const few = column.values.length > 1 && column.values.length <= 30;
    if (!few || !settings.includes(column.name)) continue;
    const label = make("label", column.name);
    const select = make("select", undefined, {"data-at": column.at});
    select.append(make("option", "any", {value: ""}));
    for (const value of column.values) select.append(make("option", value, {value: `=${value}`}));
    label.append(select);
    box.append(label);
  }
}
function addColumns(columns, table) {
  const box = document.querySelector("#columns fieldset");
  for (const column of columns) {
    const label = make("label", undefined, {class: "check"});
    const check = make("input", undefined, {type: "checkbox"});
    check.checked = true;
    check.addEventListener("change", () => {
      table.hidden[check.checked ? "delete" : "add"](column.at);
      table.fill();
    });
    label.append(check, column.name);
    box.append(label);
  }
}
async function start() {
  const data = await readFiles();
  const columns = columnsOf(data);
  const everything = data.rows.map((_, at) => at);
  const texts = data.rows.map(row => row.join("\n").toLowerCase());
  const table = new FilesTable(data, columns);
  const plot = new Plot(data, columns, at => table.jump(at));
  const axes = columns.filter(each => each.numeric ? each.values.length > 1 : data.settings.includes(each.name));
  const by = id => document.getElementById(id);
  offer(by("x"), axes, data.x);
  offer(by("y"), axes, data.y);
  by("colour").append(make("option", "nothing", {value: ""}));
  offer(by("colour"), columns.filter(each => each.values.length > 1 && (each.numeric || each.values.length <= 30)), "file");
  addFilters(columns, data.settings);
  addColumns(columns, table);
  const look = () => {
    const pick = id => columns[Number(by(id).value)] ?? null;
    plot.x = pick("x"); plot.y = pick("y"); plot.by = by("colour").value === "" ? null : pick("colour");
    plot.draw();
  };
  const update = () => {
    const begun = performance.now();
    const rows = everything.filter(chosen(columns, texts));
    table.show(rows);
    plot.show(rows);
    const count = `${rows.length.toLocaleString("en")} of ${everything.length.toLocaleString("en")} files`;
    by("count").textContent = count;
    by("count").dataset.ms = (performance.now() - begun).toFixed(1);
  };
  for (const id of ["x", "y", "colour"]) by(id).addEventListener("change", look);
  by("controls").addEventListener("input", event => { if (!["x", "y", "colour"].includes(event.target.id)) update(); });
  by("reset").addEventListener("click", () => {
    by("words").value = "";
    for (const select of document.querySelectorAll("select[data-at], #device")) select.value = "";
    update();
  });
  const picks = everything.filter(at => data.rows[at][0] === "to ship");
  by("jump").hidden = picks.length === 0;
  by("jump").addEventListener("click", () => {
    if (!table.jump(picks[0])) { by("reset").click(); table.jump(picks[0]); }
  });
  look();
  update();
  document.body.dataset.ready = "true";
}
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach(each => { each.open = true; }));
for (const each of document.querySelectorAll(".wide table:not(#sortable)"))
  for (const row of each.tBodies[0].rows)
    for (const cell of row.cells) cell.dataset.name = each.tHead.rows[0].cells[cell.cellIndex].textContent;
start();
