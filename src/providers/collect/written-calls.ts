import type { CallPiece } from '../dialect.ts'

/** The arguments of calls as the model wrote them. */
export interface WrittenCalls {
  take(piece: CallPiece): void
  /** The call's arguments as they were written, where the package has put `{}` in their place; else those of the package. */
  inputOf(toolCallId: string, input: string): string
}

export function createWrittenCalls(): WrittenCalls {
  const written = new Map<string, string>()
  const idAt = new Map<number, string>()
  return {
    take({ place, id, text }) {
      // Some servers repeat the id with every piece.
      if (id !== undefined && idAt.get(place) !== id) {
        idAt.set(place, id)
        written.set(id, '')
      }
      const known = idAt.get(place)
      if (known !== undefined) written.set(known, written.get(known)! + text)
    },
    inputOf(toolCallId, input) {
      const text = written.get(toolCallId) ?? ''
      return input === '{}' && text.trim() !== '' ? text : input
    },
  }
}
