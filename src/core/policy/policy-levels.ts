/**
 * The policies that hold for a call, from the outermost level inwards.
 *
 * @module
 */
import type { Directory, TaskClass } from '../task-class.ts'
import type { Policy, PolicyAt } from './policy.ts'

/** The call whose policies are wanted. */
export interface PolicyScope {
  readonly workspace?: string
  /** The classes that the call has passed, in that order. */
  readonly classes: readonly TaskClass[]
  readonly run?: Policy
  readonly call?: Policy
}

/** The policies that apply to a call, outermost first. A policy of a provider's key is among them, and binds only that provider. */
export function policyLevels(
  { policy, workspaces, keys = {} }: Pick<Directory, 'policy' | 'workspaces' | 'keys'>,
  { workspace, classes, run, call }: PolicyScope,
): readonly PolicyAt[] {
  const its = workspace !== undefined && Object.hasOwn(workspaces, workspace) ? workspaces[workspace] : undefined
  return [
    { level: 'global', policy },
    ...(its ? [{ level: 'workspace' as const, policy: its.policy }] : []),
    ...Object.entries(keys).map(([provider, key]) => ({ level: 'key' as const, policy: key, provider })),
    ...classes.map(taskClass => ({ level: 'class' as const, policy: taskClass.policy })),
    ...(run ? [{ level: 'run' as const, policy: run }] : []),
    ...(call ? [{ level: 'call' as const, policy: call }] : []),
  ]
}
