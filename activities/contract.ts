/**
 * What workflows may schedule. The keys are the activity types in history: renaming one breaks runs that are open.
 *
 * @module
 */
import type {
  AskBudgetInput,
  AskPersonInput,
  AskPersonResult,
  CallModelInput,
  CallModelResult,
  CloseLostInput,
  CloseRunInput,
  GiveUpCallInput,
  HasAgentInput,
  InputProblemInput,
  KeepDecisionInput,
  KeepResultInput,
  KeepSaidInput,
  OpenRunInput,
  OpenRunResult,
  RaiseBudgetInput,
  RaisedBudget,
  ReadAnswerInput,
  ReadAnswerResult,
  RunSpent,
  RunToolInput,
  RunToolResult,
  TellCancelledInput,
  TellUnansweredInput,
  ToolResultRef,
  WithdrawQuestionInput,
} from '../src/core/protocol.ts'

/** What people read as `null` in the Temporal UI; of `undefined` it shows bytes. */
export type Nothing = null

export interface Activities {
  /** Whether an agent of this worker has the name; asked as a local activity alone. */
  hasAgent(input: HasAgentInput): Promise<boolean>
  /** Why a workflow cannot be started with this input, in words, or `null`; asked as a local activity alone. */
  inputProblem(input: InputProblemInput): Promise<string | null>
  openRun(input: OpenRunInput): Promise<OpenRunResult>
  callModel(input: CallModelInput): Promise<CallModelResult>
  giveUpCall(input: GiveUpCallInput): Promise<Nothing>
  runTool(input: RunToolInput): Promise<RunToolResult>
  keepDecision(input: KeepDecisionInput): Promise<Nothing>
  keepSaid(input: KeepSaidInput): Promise<Nothing>
  keepResult(input: KeepResultInput): Promise<ToolResultRef>
  tellCancelled(input: TellCancelledInput): Promise<Nothing>
  tellUnanswered(input: TellUnansweredInput): Promise<Nothing>
  askBudget(input: AskBudgetInput): Promise<Nothing>
  askPerson(input: AskPersonInput): Promise<AskPersonResult | Nothing>
  readAnswer(input: ReadAnswerInput): Promise<ReadAnswerResult>
  withdrawQuestion(input: WithdrawQuestionInput): Promise<Nothing>
  raiseBudget(input: RaiseBudgetInput): Promise<RaisedBudget>
  closeRun(input: CloseRunInput): Promise<Nothing>
  closeLost(input: CloseLostInput): Promise<RunSpent>
}
