import { ServiceError, type WorkflowHandle } from '@temporalio/client'
import { TimeoutFailure } from '@temporalio/common'
import proto from '@temporalio/proto'
import { describe, expect, it } from 'vitest'
import { NO_TOTALS } from '../../../src/core/agent/totals.ts'
import { endOf, outcomeOfRun } from '../../../src/runtime/runs/run-outcome.ts'
import { statusWords } from '../../../src/runtime/temporal/how-ended.ts'

const PERMISSION_DENIED = 7
const UNAVAILABLE = 14

const ANSWERED = { kind: 'answered', text: 'Yes.', costUsd: '0', ...NO_TOTALS }

const NOT_ASKED = { inLedger: async () => undefined, byRun: async () => NO_TOTALS }

/** A run whose server answers the first question for its end with this, and the next with the end. */
function runBehind(code: number) {
  let asked = 0
  return {
    client: { connection: {} },
    async result() {
      asked += 1
      if (asked > 1) return ANSWERED
      const cause = Object.assign(new Error('it says no'), { code, details: 'it says no', metadata: {} })
      throw new ServiceError('Failed to get Workflow execution history', { cause })
    },
  } as unknown as WorkflowHandle
}

describe('waiting for the end of a run', () => {
  it('goes on while the Temporal server is out of reach', async () => {
    expect(await outcomeOfRun(runBehind(UNAVAILABLE), NOT_ASKED)).toEqual(ANSWERED)
  })

  it('ends where the server refuses', async () => {
    const refused = outcomeOfRun(runBehind(PERMISSION_DENIED), NOT_ASKED)
    await expect(refused).rejects.toThrow('Failed to get Workflow execution history')
  })
})

it('says of a run that timed out what the store says of it', () => {
  const cause = new TimeoutFailure('Workflow execution timed out', undefined, 'START_TO_CLOSE')
  const { WORKFLOW_EXECUTION_STATUS_TIMED_OUT } = proto.temporal.api.enums.v1.WorkflowExecutionStatus
  expect(endOf(cause).message).toBe(statusWords(WORKFLOW_EXECUTION_STATUS_TIMED_OUT))
})
