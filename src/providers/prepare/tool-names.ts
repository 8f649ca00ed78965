/**
 * Names of tools that a model made up.
 *
 * @module
 */
import type { FunctionTool, Message } from '../../core/messages.ts'

/** What OpenAI and Anthropic take; Google takes more. */
const TAKEN_EVERYWHERE = /^[\w-]{1,64}$/

/**
 * A model may have called `default_api.get_weather`, and was told that there is no such tool. The name stays in the prompt, where
 * OpenAI and Anthropic refuse it, with everything that comes after: so what is no name of an offered tool is rewritten, in calls
 * and results alike, and always to the same.
 *
 * The transcript is not changed; a message without anything to change is passed on as the same object.
 */
export function withPortableNames(messages: readonly Message[], tools: readonly FunctionTool[]): readonly Message[] {
  const isFit = (name: string) => TAKEN_EVERYWHERE.test(name) || tools.some(tool => tool.name === name)
  const isUnfit = (part: Named) => part.toolName !== undefined && !isFit(part.toolName)
  return messages.map(message => {
    if (message.role !== 'assistant' && message.role !== 'tool') return message
    const parts: readonly Named[] = message.content
    if (!parts.some(isUnfit)) return message
    const content = parts.map(part => (isUnfit(part) ? { ...part, toolName: portable(part.toolName!) } : part))
    return { ...message, content } as Message
  })
}

interface Named {
  readonly type: string
  readonly toolName?: string
}

/** No tool has such a name, so two names that become the same do no harm. */
function portable(name: string): string {
  return name.replace(/[^\w-]/g, '_').slice(0, 64) || '_'
}
