/**
 * Follows the rules and splits of a call's class to the class that serves it.
 *
 * @module
 */
import type { Message } from '../../../src/core/messages.ts'
import { classSteps } from '../../../src/core/routing/class/choose-class.ts'
import type { CallFacts } from '../../../src/core/routing/class/rule-conditions.ts'
import type { CallModelPorts } from '../ports.ts'
import type { Prepared } from '../prepare/prepared.ts'
import { inClass } from './other-class.ts'
import { needsOf } from './plan.ts'

/** The call in the class to which rules and splits lead, under the policies of all classes on the way. */
export function inServingClass(ports: CallModelPorts, prepared: Prepared, prompt: readonly Message[]): Prepared {
  const { taskClass } = prepared
  if (!taskClass.rules && !taskClass.split) return prepared
  const { classes } = ports.directory
  const steps = classSteps(classes, taskClass, factsOf(ports, prepared, prompt))
  const served = steps.reduce((here, { to }) => inClass(here, classes[to]!), prepared)
  return { ...served, ways: steps }
}

function factsOf(ports: CallModelPorts, prepared: Prepared, prompt: readonly Message[]): CallFacts {
  const { call, input, taskClass } = prepared
  const { promptTokens, abilities } = needsOf(ports, prepared, prompt)
  const outputTokens = input.settings?.maxOutputTokens ?? taskClass.maxOutputTokens
  return {
    promptTokens,
    ...(outputTokens !== undefined && { outputTokens }),
    abilities,
    workspace: call.run.workspace,
    labels: call.labels,
    nowMs: ports.now(),
    draw: input.memory.draw,
  }
}
