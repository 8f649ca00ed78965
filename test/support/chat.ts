/**
 * The AI SDK's chat, for tests of what a page shows.
 *
 * @module
 */
import { AbstractChat, type ChatStatus, type ChatTransport, type UIMessage } from 'ai'

/** A chat as `useChat` has it, without React. */
export class Chat extends AbstractChat<UIMessage> {
  constructor(id: string, transport: ChatTransport<UIMessage>, messages: UIMessage[] = []) {
    const state = {
      status: 'ready' as ChatStatus,
      error: undefined,
      messages,
      pushMessage: (message: UIMessage) => void state.messages.push(message),
      popMessage: () => void state.messages.pop(),
      replaceMessage: (at: number, message: UIMessage) => void state.messages.splice(at, 1, structuredClone(message)),
      snapshot: structuredClone,
    }
    super({ id, state, transport })
  }
}
