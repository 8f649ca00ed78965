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
export type { Conversation } from './run/agents/conversation.ts'
export { conversationOf } from './run/agents/interrupted.ts'
export type { AgentAnswer, AgentInput, AgentOptions } from './run/agents/use-agent.ts'
export type { ChildOptions } from './run/children/child-options.ts'
export type { Question, TextQuestion, ValueQuestion } from './run/given/question.ts'
export { outcomeOf } from './run/lifetime/ended.ts'
export type { Generated, GenerateOptions, SaidMessage } from './run/model/generate.ts'
export { openRun } from './run/open-run.ts'
export type { Decided, DecidedValue } from './run/people/ask-person.ts'
export type { HeardMessage } from './run/people/hear-said.ts'
export type { Run } from './run/run.ts'
export type { ToolAnswer, ToolOptions } from './run/tools/use-tool.ts'
export type { RunOf } from './run/typed-run.ts'
