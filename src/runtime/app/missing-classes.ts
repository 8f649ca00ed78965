/**
 * Task classes that agents name and the configuration does not have.
 *
 * @module
 */

import type { Agent } from '../../core/ports.ts'
import type { Directory } from '../../core/task-class.ts'
import { nearest } from '../../core/words/nearest.ts'

/** One sentence each: a worker that starts with such an agent would refuse its first run. */
export function agentClassProblems(agents: readonly Agent[], { classes }: Directory): readonly string[] {
  const known = Object.keys(classes)
  return agents.flatMap(({ name, taskClass, compaction }) => [
    ...unknownClass(`agent "${name}" names the task class "${taskClass}"`, taskClass, known),
    ...(compaction === undefined
      ? []
      : unknownClass(`agent "${name}" names the task class "${compaction}" for compaction`, compaction, known)),
  ])
}

function unknownClass(named: string, taskClass: string, known: readonly string[]): readonly string[] {
  if (known.includes(taskClass)) return []
  const near = nearest(taskClass, known)
  const advice = near === undefined ? `it has: ${known.join(', ') || 'none'}` : `did you mean "${near}"?`
  return [`${named}, which the configuration does not have; ${advice}`]
}
