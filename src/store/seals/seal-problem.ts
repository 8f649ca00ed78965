/** Why sealed content cannot be read or written. `destroyed` is final; everything else a person can mend. */
export type SealProblemKind = 'destroyed' | 'unknown-key' | 'no-master-key' | 'wrong-master-key' | 'damaged'

/** Sealed content is out of reach. The message says whose and what to do; it holds neither a key nor any content. */
export class SealProblem extends Error {
  override readonly name = 'SealProblem'
  readonly kind: SealProblemKind

  constructor(kind: SealProblemKind, message: string) {
    super(message)
    this.kind = kind
  }
}
