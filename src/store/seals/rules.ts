import type { WorkspaceRuleTable } from '../schema.ts'
import { all, ask, type Statement, tell, type Work } from '../work.ts'

/** What the workers' configuration asks of a workspace's runs. */
export interface WorkspaceRule {
  /** `*`: every workspace that no other rule names. */
  readonly workspace: string
  readonly zdr: boolean
  readonly encryptPayloads: boolean
}

const OTHERS = '*'

const rulesOf: Statement<{ workspace: string }, WorkspaceRuleTable> = ({ workspace }, { queries }) =>
  queries.selectFrom('workspace_rules').selectAll().where('workspace', 'in', [workspace, OTHERS])

const insertRule: Statement<WorkspaceRuleTable, unknown> = (row, { queries }) =>
  queries
    .insertInto('workspace_rules')
    .values(row)
    .onConflict(conflict =>
      conflict.column('workspace').doUpdateSet({ zdr: row.zdr, encrypt_payloads: row.encrypt_payloads }),
    )

/** The rule of a workspace; where there is none, one that asks for nothing. */
export function* findRule(workspace: string): Work<WorkspaceRule> {
  const rows = yield* all(rulesOf, { workspace })
  const row = rows.find(rule => rule.workspace === workspace) ?? rows[0]
  return { workspace, zdr: row?.zdr === 1, encryptPayloads: row?.encrypt_payloads === 1 }
}

/** Puts these rules in the place of those that are there. */
export function* writeRules(rules: readonly WorkspaceRule[]): Work<void> {
  const names = rules.map(rule => rule.workspace)
  yield* ask(({ queries }) => queries.deleteFrom('workspace_rules').where('workspace', 'not in', names))
  for (const { workspace, zdr, encryptPayloads } of rules)
    yield* tell(insertRule, { workspace, zdr: zdr ? 1 : 0, encrypt_payloads: encryptPayloads ? 1 : 0 })
}
