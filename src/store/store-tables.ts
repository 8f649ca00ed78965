import type { Tables } from './schema.ts'

/** Held to `schema.ts` by the compiler: a table left out does not compile. */
const ALL: Readonly<Record<keyof Tables, true>> = {
  runs: true,
  run_parts: true,
  scopes: true,
  reservations: true,
  calls: true,
  attempts: true,
  rejections: true,
  lineages: true,
  messages: true,
  blobs: true,
  client_texts: true,
  tool_records: true,
  run_events: true,
  budget_limits: true,
  budget_warnings: true,
  decisions: true,
  seal_keys: true,
  sealed_roots: true,
  workspace_rules: true,
  budget_waits: true,
  budget_raises: true,
  endpoint_health: true,
  limit_starts: true,
  limit_tickets: true,
  limit_permits: true,
  alerts: true,
  notices: true,
  schema_version: true,
}

/** The names of all tables that a store of this code's version has. */
export const STORE_TABLES: ReadonlySet<string> = new Set(Object.keys(ALL))
