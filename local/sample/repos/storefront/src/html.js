// Safe HTML from template literals: every value is escaped unless it is HTML itself.

class Html {
  constructor(text) {
    this.text = text;
  }
  toString() {
    return this.text;
  }
}

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escape(value) {
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(escape).join("");
  return String(value).replace(/[&<>"']/g, (sign) => ENTITIES[sign]);
}

export function html(strings, ...values) {
  return new Html(String.raw({ raw: strings }, ...values.map(escape)));
}
