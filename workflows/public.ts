/**
 * For workflows of your own. Safe in Temporal's workflow sandbox.
 *
 * @module
 */
export type { AppTypes } from '../src/core/app-types.ts'
export type { JsonValue, Message } from '../src/core/messages.ts'
export type { Part } from '../src/core/parts.ts'
export type {
  AgentOutcome,
  Brief,
  Budget,
  Cost,
  Labels,
  Outcome,
  OutcomeWithValue,
  Terms,
  ToolChoice,
} from '../src/core/protocol.ts'
export type { ToolInput, ToolResult } from '../src/core/tools/tool-types.ts'
export type { Usage } from '../src/core/usage.ts'
export type { Decided, DecidedValue } from './run/ask-person.ts'
export type { ChildOptions } from './run/child-options.ts'
export type { Conversation } from './run/conversation.ts'
export { outcomeOf } from './run/ended.ts'
export type { Generated, GenerateOptions, SaidMessage } from './run/generate.ts'
export type { HeardMessage } from './run/hear-said.ts'
export { conversationOf } from './run/interrupted.ts'
export { openRun } from './run/open-run.ts'
export type { Question, TextQuestion, ValueQuestion } from './run/question.ts'
export type { Run } from './run/run.ts'
export type { RunOf } from './run/typed-run.ts'
export type { AgentAnswer, AgentInput, AgentOptions } from './run/use-agent.ts'
export type { ToolAnswer, ToolOptions } from './run/use-tool.ts'
