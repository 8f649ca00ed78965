import type { AnswerPart, Message } from '../../core/messages.ts'

/** The parts of a kind that an answer has, which is the last of what its model was told and has said. */
export function partsOfAnswer<Kind extends AnswerPart['type']>(messages: readonly Message[], kind: Kind) {
  const [said] = messages.slice(-1).filter(message => message.role === 'assistant')
  return (said?.content ?? []).filter((part): part is Extract<AnswerPart, { type: Kind }> => part.type === kind)
}
