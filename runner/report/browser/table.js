// The table of files: sorted, filtered, and a part at a time.
class FilesTable {
  constructor(data, columns) {
    this.data = data;
    this.columns = columns;
    this.table = document.getElementById("sortable");
    this.more = document.getElementById("more");
    this.step = matchMedia("(max-width: 640px)").matches ? 8 : 50;
    this.hidden = new Set();
    this.order = data.rows.map((_, at) => at);
    this.shown = this.order;
    this.limit = this.step;
    // A long name of a setting is broken where its words end.
    for (const button of this.table.tHead.querySelectorAll("button")) {
      const words = button.textContent.split(/(?<=_)/);
      button.replaceChildren(...words.flatMap(word => [word, document.createElement("wbr")]));
    }
    this.more.addEventListener("click", () => { this.limit += this.step; this.fill(); });
    this.table.tHead.addEventListener("click", event => {
      const head = event.target.closest("th");
      if (head) this.sort(head);
    });
    let before = this.limit;
    addEventListener("beforeprint", () => { before = this.limit; this.limit = 1000; this.fill(); });
    addEventListener("afterprint", () => { this.limit = before; this.fill(); });
  }
  show(rows) {
    const kept = new Uint8Array(this.order.length);
    for (const at of rows) kept[at] = 1;
    this.shown = this.order.filter(at => kept[at]);
    this.limit = this.step;
    this.fill();
  }
  sort(head) {
    const column = this.columns[Number(head.dataset.at)];
    const falling = head.getAttribute("aria-sort") === "ascending";
    for (const cell of head.parentNode.cells) cell.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", falling ? "descending" : "ascending");
    // What has no value stands last.
    const filled = this.order.filter(at => column.texts[at] !== "");
    const empty = this.order.filter(at => column.texts[at] === "");
    const keys = column.numbers ?? column.texts;
    const way = falling ? -1 : 1;
    filled.sort(column.numbers ? (one, other) => (keys[one] - keys[other]) * way
      : (one, other) => column.compare(keys[one], keys[other]) * way);
    this.order = [...filled, ...empty];
    this.show(this.shown);
  }
  jump(at) {
    if (!this.shown.includes(at)) return false;
    this.limit = Math.max(this.limit, this.shown.indexOf(at) + 1);
    this.fill();
    const row = this.table.tBodies[0].rows[this.shown.indexOf(at)];
    row.tabIndex = -1;
    row.focus();
    row.scrollIntoView({block: "center"});
    return true;
  }
  fill() {
    const body = make("tbody");
    for (const at of this.shown.slice(0, this.limit)) body.append(this.row(at));
    this.table.tBodies[0].replaceWith(body);
    for (const head of this.table.tHead.rows[0].cells)
      head.hidden = this.hidden.has(Number(head.dataset.at));
    const left = this.shown.length - this.limit;
    this.more.hidden = left <= 0;
    this.more.textContent = `Show ${Math.min(this.step, left)} more of ${left.toLocaleString("en")}`;
  }
  row(at) {
    const made = make("tr");
    const mark = this.data.rows[at][0];
    if (mark) made.className = mark.replaceAll(" ", "-");
    for (const column of this.columns) {
      if (this.hidden.has(column.at)) continue;
      const text = column.texts[at];
      const cell = make("td", text, {"data-name": column.name});
      if (column.numeric) cell.className = "number";
      if (text.length > 40) cell.title = text;
      made.append(cell);
    }
    made.append(this.links(at));
    return made;
  }
  links(at) {
    const cell = make("td", undefined, {"data-name": "links"});
    const [run, file] = this.data.links[at];
    const place = this.data.places[run];
    const links = {run: place.run, file: place.files && `${place.files}/${this.data.files[file]}`};
    for (const [name, address] of Object.entries(links)) {
      // Names of runs are no part of an address: it is made of the store's own parts.
      if (/^(https?|file):\/\//.test(address ?? "")) cell.append(make("a", name, {href: address}), " ");
      else if (address) cell.append(make("code", address, {title: name}), " ");
    }
    return cell;
  }
}
