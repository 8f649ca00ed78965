/**
 * One call of a model by a workflow, with what it is asked checked before anything is sent.
 *
 * @module
 */
import { patched } from '@temporalio/workflow'
import { isWords, userMessage } from '../../../src/core/agent/words.ts'
import type { KeysOf } from '../../../src/core/keys-of.ts'
import type { JsonValue, Message } from '../../../src/core/messages.ts'
import type { Part } from '../../../src/core/parts.ts'
import type { Policy } from '../../../src/core/policy/policy.ts'
import type { Addition, CallSettings, Cost, GivenMessage, Labels } from '../../../src/core/protocol.ts'
import { boundProblem, labelsProblem } from '../../../src/core/runs/labels-problem.ts'
import { SETTING_KEYS } from '../../../src/core/settings/setting-keys.ts'
import { settingsProblem } from '../../../src/core/settings/settings-problem.ts'
import type { Usage } from '../../../src/core/usage.ts'
import { awaitedLater } from '../awaited-later.ts'
import type { Book } from '../book/book.ts'
import { sizeProblem } from '../book/sizes.ts'
import { settingProblem } from '../given/given-problem.ts'
import { optionsProblem, toRefuse, toRefuseSince } from '../given/known-options.ts'
import type { RunAtWork } from '../inbox/at-work.ts'
import { failOpened } from '../lifetime/fail-opened.ts'
import type { Patch } from '../patches.ts'
import { type Answered, askModel } from './ask-model.ts'

/** What to ask for: `prompt`, `messages`, or both. */
export interface GenerateOptions extends CallSettings {
  /** One user message, after `messages`: a text, or texts and files. */
  readonly prompt?: string | readonly Part[]
  /** The conversation so far. */
  readonly messages?: readonly (Message | GivenMessage | SaidMessage)[]
  /** A system message before all others. */
  readonly system?: string
  /** The name of a registered schema that the answer must satisfy; the result is `value`. @defaultValue none: free text */
  readonly schema?: string
  /** Added to the policies of the configuration, the class and the run, which it can only tighten. */
  readonly policy?: Policy
  /** Labels of this call, added to the run's; for the same key, the call's own counts. */
  readonly labels?: Labels
}

/** A message of plain text. */
export interface SaidMessage {
  readonly role: 'user' | 'assistant'
  readonly content: string
}

/** An answer, with what it cost over all attempts. */
export interface Generated<Value = JsonValue> {
  readonly text: string
  /** The value that satisfied the schema; `undefined` if none was asked for. */
  readonly value: Value
  /** The answer ended at its output limit, so the text is not whole. */
  readonly truncated: boolean
  /** The id of the endpoint that answered. */
  readonly endpoint: string
  /** The model that answered, as `author/name`. */
  readonly model: string
  readonly cost: Cost
  readonly usage: Usage
}

const GENERATE_OPTIONS: KeysOf<GenerateOptions> = {
  prompt: true,
  messages: true,
  system: true,
  schema: true,
  policy: true,
  labels: true,
  ...SETTING_KEYS,
}

export function generate<Value>(
  run: RunAtWork,
  taskClass: string,
  options: GenerateOptions,
): Promise<Generated<Value>> {
  const { book } = run
  const wrong = generateProblem(book, taskClass, options)
  if (wrong !== undefined) return awaitedLater(failOpened(book, wrong))
  const { prompt, messages, system, schema, policy, labels, ...settings } = options
  const additions = conversation(options)
  const tooLong = sizeProblem(`what is asked of ${taskClass}`, additions)
  if (tooLong !== undefined) return awaitedLater(failOpened(book, tooLong))
  const asked = {
    taskClass,
    additions,
    settings,
    ...(schema !== undefined && { schema }),
    ...(policy && { policy }),
    ...(labels && { labels }),
  }
  return askModel(run, asked, generated<Value>)
}

/** Vendors refuse an empty question, each in words of its own, and one after the other would be asked. */
function generateProblem(book: Book, taskClass: string, options: GenerateOptions): string | undefined {
  if (typeof taskClass !== 'string') return '`generate` takes the name of a task class, and then its options'
  const wrong = optionsProblem(book, 'generate', options, GENERATE_OPTIONS)
  if (wrong !== undefined) return wrong
  const { prompt = '', messages = [] } = options
  if (!Array.isArray(messages)) return `the \`messages\` that ${taskClass} is asked with are not a list`
  if (messages.length === 0 && !isWords(prompt))
    return `nothing is asked of ${taskClass}: give \`generate\` a \`prompt\` with text, or \`messages\``
  return valuesProblem(book, taskClass, options)
}

/**
 * What is wrong with the values of the options, in words; `undefined` if nothing is. A run that was at work before a check came goes
 * on as it did.
 */
function valuesProblem(book: Book, taskClass: string, options: GenerateOptions): string | undefined {
  const settings = settingsProblem(options)
  const problem =
    (settings && `what is asked of ${taskClass} ${settings}`) ??
    (options.labels && labelsProblem(options.labels)) ??
    messagesProblem(taskClass, options.messages ?? [])
  return (
    toRefuse(book, problem) ??
    unwritableProblem(book, taskClass, options) ??
    lostProblem(book, taskClass, options) ??
    toRefuseSince(book, boundProblem(options.labels), 'signalbox.refuse-lost-in-json')
  )
}

/** Why the policy or the options cannot be passed on as JSON: a policy of which a part was lost would bind less than was meant. */
function lostProblem(book: Book, taskClass: string, options: GenerateOptions): string | undefined {
  const { policy, providerOptions } = options
  return (
    settingProblem(book, `the \`policy\` that ${taskClass} is asked with`, policy) ??
    settingProblem(book, `the \`providerOptions\` that ${taskClass} is asked with`, providerOptions)
  )
}

const UNREAD = ['policy', 'providerOptions', 'schema'] as const

/**
 * Why an option that is not looked into here cannot be written. Temporal cannot write a large integer, and leaves out a function, so
 * that a policy would not hold.
 */
function unwritableProblem(book: Book, taskClass: string, options: GenerateOptions): string | undefined {
  const problem = UNREAD.map(name =>
    sizeProblem(`the \`${name}\` that ${taskClass} is asked with`, options[name]),
  ).find(Boolean)
  return toRefuse(book, problem) !== undefined && patched('signalbox.refuse-unwritable' satisfies Patch)
    ? problem
    : undefined
}

const ROLES: readonly unknown[] = ['system', 'user', 'assistant', 'tool']

function messagesProblem(taskClass: string, messages: readonly unknown[]): string | undefined {
  const at = messages.findIndex(message => {
    const { role, content } = Object(message) as Partial<Message>
    return !ROLES.includes(role) || !(typeof content === 'string' || Array.isArray(content))
  })
  if (at < 0) return undefined
  return `message ${at} for ${taskClass} is not valid: it needs a role of ${ROLES.join(', ')}, and a text or a list of parts as its content`
}

function generated<Value>({ answer, spent: { cost, usage } }: Answered): Generated<Value> {
  const { text, value, truncated, endpoint, model } = answer
  return { text, value: value as Value, truncated, endpoint, model, cost, usage }
}

function conversation({ system, messages, prompt }: GenerateOptions): readonly Addition[] {
  return [
    ...(system === undefined ? [] : [{ role: 'system' as const, content: system }]),
    ...(messages ?? []).map(inParts),
    ...(prompt === undefined ? [] : [userMessage(prompt)]),
  ]
}

/** As the AI SDK has it: a text is one part. */
function inParts(message: Message | GivenMessage | SaidMessage): Message | GivenMessage {
  const { role, content } = message
  if (typeof content !== 'string' || role === 'system') return message as Message
  return { ...message, role, content: [{ type: 'text', text: content }] } as Message
}
