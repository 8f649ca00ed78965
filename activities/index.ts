/**
 * The activities, put together from ports.
 *
 * @module
 */
import { type AskBudgetPorts, createAskBudget } from './ask-budget.ts'
import { type CallModelPorts, createCallModel } from './call-model.ts'
import { type CloseLostPorts, createCloseLost } from './close-lost.ts'
import { type CloseRunPorts, createCloseRun } from './close-run.ts'
import type { Activities, Nothing } from './contract.ts'
import { createKeepDecision, type KeepDecisionPorts } from './keep-decision.ts'
import { createKeepResult, type KeepResultPorts } from './keep-result.ts'
import { createKeepSaid, type KeepSaidPorts } from './keep-said.ts'
import { createOpenRun, type OpenRunPorts } from './open-run.ts'
import { createRaiseBudget, type RaiseBudgetPorts } from './raise-budget.ts'
import { createRunTool, type RunToolPorts } from './run-tool.ts'

export type { Activities } from './contract.ts'

export type ActivityPorts = OpenRunPorts &
  CallModelPorts &
  RunToolPorts &
  KeepDecisionPorts &
  KeepResultPorts &
  KeepSaidPorts &
  AskBudgetPorts &
  RaiseBudgetPorts &
  CloseLostPorts &
  CloseRunPorts

export function createActivities(ports: ActivityPorts): Activities {
  return {
    openRun: createOpenRun(ports),
    callModel: createCallModel(ports),
    runTool: createRunTool(ports),
    keepDecision: withNothing(createKeepDecision(ports)),
    keepResult: createKeepResult(ports),
    keepSaid: withNothing(createKeepSaid(ports)),
    askBudget: withNothing(createAskBudget(ports)),
    raiseBudget: createRaiseBudget(ports),
    closeRun: withNothing(createCloseRun(ports)),
    closeLost: createCloseLost(ports),
  }
}

function withNothing<Input>(work: (input: Input) => Promise<void>): (input: Input) => Promise<Nothing> {
  return async input => {
    await work(input)
    return null
  }
}
