/** What can be noted as changed: it carries its own place in the list, so that noting it costs no hash and no table. */
export interface Changing {
  /** -1 when it is in none. */
  changedAt: number;
}

/**
 * Who changed since the last decision, in order of change: a set for one or two members, emptied after every command.
 * (A `Set` allots a new table each time that it is cleared, and a hash to every member.)
 */
export class Changed<T extends Changing> {
  #all: (T | undefined)[] = [];
  /** Places used; those of members that were taken out again are empty, but never the last. */
  end = 0;
  size = 0;

  at(place: number): T | undefined {
    return this.#all[place];
  }

  add(member: T): void {
    if (member.changedAt >= 0) return;
    if (this.end > 64 && this.end > this.size * 2) this.#close();
    member.changedAt = this.end;
    this.#all[this.end++] = member;
    this.size++;
  }

  delete(member: T): void {
    const at = member.changedAt;
    if (at < 0) return;
    member.changedAt = -1;
    this.#all[at] = undefined;
    this.size--;
    while (this.end > 0 && this.#all[this.end - 1] === undefined) this.end--;
  }

  clear(): void {
    for (let at = 0; at < this.end; at++) {
      const member = this.#all[at];
      if (member === undefined) continue;
      member.changedAt = -1;
      this.#all[at] = undefined;
    }
    this.size = this.end = 0;
  }

  /** Closes the gaps: nobody decides, and changes come and go. */
  #close(): void {
    this.#all = this.#all.filter((member) => member !== undefined);
    this.#all.forEach((member, at) => (member!.changedAt = at));
    this.end = this.size;
  }
}
