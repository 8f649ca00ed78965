import type { Configuration } from '../../catalog/index.ts'
import type { WorkspaceRule } from '../../store/index.ts'

/** What the configuration asks of the runs of each workspace, for clients that do not have it. */
export function workspaceRules({ directory }: Configuration): readonly WorkspaceRule[] {
  const everywhere = directory.policy.zdr === true
  const named = Object.entries(directory.workspaces).map(([workspace, { policy, encryptPayloads = false }]) => ({
    workspace,
    zdr: everywhere || policy.zdr === true,
    encryptPayloads,
  }))
  return [{ workspace: '*', zdr: everywhere, encryptPayloads: false }, ...named]
}
