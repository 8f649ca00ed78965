import { type Message, userText } from '../../core/messages.ts'

/**
 * System words behind the first turn as a person's: Gemini has one instruction for the whole conversation, and its package throws
 * where another one stands between the turns. Brought forward they would be said too early, and the vendor's cache would be lost.
 */
export function fit(prompt: readonly Message[]): readonly Message[] {
  const firstTurn = prompt.findIndex(message => message.role !== 'system')
  if (firstTurn < 0) return prompt
  const turns = prompt
    .slice(firstTurn)
    .map(message => (message.role === 'system' ? userText(message.content) : message))
  return [...prompt.slice(0, firstTurn), ...turns]
}
