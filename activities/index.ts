/**
 * The activities, put together from ports.
 *
 * @module
 */
import { assertBelow } from '../src/core/runs/own-run.ts'
import { type AskBudgetPorts, createAskBudget } from './ask-budget.ts'
import { type AskPersonPorts, createAskPerson } from './ask-person.ts'
import { type CallModelPorts, createCallModel } from './call-model.ts'
import { type CloseLostPorts, createCloseLost } from './close-lost.ts'
import { type CloseRunPorts, createCloseRun } from './close-run.ts'
import type { Activities, Nothing } from './contract.ts'
import { createGiveUpCall, type GiveUpCallPorts } from './give-up-call.ts'
import { createHasAgent, type HasAgentPorts } from './has-agent.ts'
import { createInputProblem, type InputProblemPorts } from './input-problem.ts'
import { forItsRunAlone } from './its-own.ts'
import { createKeepDecision, type KeepDecisionPorts } from './keep-decision.ts'
import { createKeepResult, type KeepResultPorts } from './keep-result.ts'
import { createKeepSaid, type KeepSaidPorts } from './keep-said.ts'
import { createOpenRun, type OpenRunPorts } from './open-run.ts'
import { createRaiseBudget, type RaiseBudgetPorts } from './raise-budget.ts'
import { createReadAnswer, type ReadAnswerPorts } from './read-answer.ts'
import { createRunTool, type RunToolPorts } from './run-tool.ts'
import { createTellCancelled, type TellCancelledPorts } from './tell-cancelled.ts'
import { createTellUnanswered, type TellUnansweredPorts } from './tell-unanswered.ts'
import { createWithdrawQuestion, type WithdrawQuestionPorts } from './withdraw-question.ts'

export type { Activities } from './contract.ts'

export type ActivityPorts = OpenRunPorts &
  HasAgentPorts &
  InputProblemPorts &
  ReadAnswerPorts &
  CallModelPorts &
  GiveUpCallPorts &
  RunToolPorts &
  KeepDecisionPorts &
  KeepResultPorts &
  TellCancelledPorts &
  TellUnansweredPorts &
  KeepSaidPorts &
  AskBudgetPorts &
  AskPersonPorts &
  WithdrawQuestionPorts &
  RaiseBudgetPorts &
  CloseLostPorts &
  CloseRunPorts

export function createActivities(ports: ActivityPorts): Activities {
  return {
    hasAgent: forItsRunAlone(createHasAgent(ports)),
    inputProblem: forItsRunAlone(createInputProblem(ports)),
    openRun: forItsRunAlone(createOpenRun(ports)),
    callModel: forItsRunAlone(createCallModel(ports)),
    giveUpCall: forItsRunAlone(withNothing(createGiveUpCall(ports))),
    runTool: forItsRunAlone(createRunTool(ports)),
    keepDecision: forItsRunAlone(withNothing(createKeepDecision(ports))),
    keepResult: forItsRunAlone(createKeepResult(ports)),
    tellCancelled: forItsRunAlone(withNothing(createTellCancelled(ports))),
    tellUnanswered: forItsRunAlone(withNothing(createTellUnanswered(ports))),
    keepSaid: forItsRunAlone(withNothing(createKeepSaid(ports))),
    askBudget: forItsRunAlone(withNothing(createAskBudget(ports))),
    askPerson: forItsRunAlone(createAskPerson(ports)),
    readAnswer: forItsRunAlone(createReadAnswer(ports)),
    withdrawQuestion: forItsRunAlone(withNothing(createWithdrawQuestion(ports))),
    raiseBudget: forItsRunAlone(createRaiseBudget(ports)),
    closeRun: forItsRunAlone(withNothing(createCloseRun(ports))),
    closeLost: forItsRunAlone(createCloseLost(ports), assertBelow),
  }
}

function withNothing<Input>(work: (input: Input) => Promise<void>): (input: Input) => Promise<Nothing> {
  return async input => {
    await work(input)
    return null
  }
}
