// Search as you type: waits until the typing pauses, and drops answers that come too late.

export class SearchBox {
  #latest = 0;
  #timer = null;

  /** `search(query)` answers a promise of hits, `show(hits)` puts them on the page. */
  constructor(search, show, pauseMs = 150) {
    this.search = search;
    this.show = show;
    this.pauseMs = pauseMs;
  }

  typed(query) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.ask(query), this.pauseMs);
  }

  async ask(query) {
    const mine = ++this.#latest;
    const hits = query.trim() ? await this.search(query) : [];
    if (mine === this.#latest) this.show(hits);
  }
}
