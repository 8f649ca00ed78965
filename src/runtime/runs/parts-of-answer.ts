import type { AssistantMessage, Message } from '../../core/messages.ts'

type Part = Exclude<AssistantMessage['content'], string>[number]

type PartKind = Part['type']

/** The parts of a kind that an answer has, which is the last of what its model was told and has said. */
export function partsOfAnswer<Kind extends PartKind>(messages: readonly Message[], kind: Kind) {
  const [said] = messages.slice(-1).filter(message => message.role === 'assistant')
  return (said?.content ?? []).filter((part): part is Extract<Part, { type: Kind }> => part.type === kind)
}
