/**
 * The agents, tools and schema of a campaign's workers.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import type { App } from '../../../src/runtime/app/app.ts'
import { defineAgent, defineSchema, defineTool } from '../../../src/tools/index.ts'
import type { ToolName } from './plan/conversations.ts'
import { SYSTEM } from './plan/runs.ts'
import type { ToolLog } from './tool-log.ts'
import { PRICE_USD, resultOf } from './tool-results.ts'

/** Long enough that kills land in the middle of tools. */
const WORK_MS = 40

/** Of the tools that nobody approves. */
const DECIDED_MS = 2_000

/** Some three long results and what is said about them. */
const CEILING = 3_500

const input = z.object({ tag: z.string(), at: z.string() })

/** Tools that leave a trace in the log before and after they take effect. */
export function appFor(log: ToolLog): App {
  const traced = (name: Exclude<ToolName, 'helper'>, more: object) =>
    defineTool({
      name,
      description: `${name} at a place of the list`,
      input,
      priceUsd: PRICE_USD[name],
      ...more,
      run: async ({ tag, at }, { idempotencyKey, runId }) => {
        log.write({ step: 'begin', tool: name, run: runId, tag, at, key: idempotencyKey })
        await delay(WORK_MS)
        log.write({ step: 'end', tool: name, run: runId, tag, at, key: idempotencyKey })
        if (name === 'break') throw new Error(resultOf(name, tag, at))
        return resultOf(name, tag, at)
      },
    })
  const tools = [
    traced('look', {}),
    traced('fetch', {}),
    traced('charge', { idempotent: false }),
    traced('break', {}),
    traced('publish', { idempotent: false, needsApproval: true }),
    traced('permit', { idempotent: false, needsApproval: { withinMs: DECIDED_MS, otherwise: 'approve' } }),
    traced('forbid', { idempotent: false, needsApproval: { withinMs: DECIDED_MS, otherwise: 'deny' } }),
  ]
  const taskClass = 'alpha-first'
  return {
    tools,
    agents: [
      defineAgent({ name: 'chainer', instructions: SYSTEM.chainer, tools, taskClass }),
      defineAgent({ name: 'walker', instructions: SYSTEM.walker, tools, taskClass, limits: { stepsPerPart: 2 } }),
      defineAgent({
        name: 'digger',
        instructions: SYSTEM.digger,
        tools,
        taskClass,
        limits: { promptTokens: CEILING, keptSteps: 1, stepsPerPart: 6 },
      }),
      defineAgent({ name: 'asker', instructions: SYSTEM.chainer, tools, taskClass, agents: ['helper'] }),
      defineAgent({ name: 'helper', instructions: SYSTEM.helper, description: 'Helps.', tools, taskClass }),
    ],
    schemas: [defineSchema('Verdict', z.object({ ok: z.boolean(), reason: z.string() }))],
  }
}
