/** What a verification finds out about one rule, and how the first break ends it. */

export interface Finding {
  rule: string;
  holds: boolean;
  /** Figures where it holds, what is wrong where not. */
  detail: string;
  /** Where it is broken. */
  file?: string;
  group?: number;
}

/** The first break, thrown: it ends the verification. */
export class Break extends Error {
  readonly finding: Finding;
  constructor(rule: string, detail: string, file?: string, group?: number) {
    super(detail);
    const place = { ...(file && { file }), ...(group !== undefined && { group }) };
    this.finding = { rule, holds: false, detail, ...place };
  }
}
