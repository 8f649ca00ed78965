import { type Connection, isGrpcServiceError } from '@temporalio/client'
import { temporal } from '@temporalio/proto'
import { SEARCH_ATTRIBUTES } from '../../core/protocol.ts'

const { IndexedValueType } = temporal.api.enums.v1

const TYPES = {
  Double: IndexedValueType.INDEXED_VALUE_TYPE_DOUBLE,
  Keyword: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  KeywordList: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
} as const satisfies Record<(typeof SEARCH_ATTRIBUTES)[keyof typeof SEARCH_ATTRIBUTES], number>

/** gRPC's codes for "you may not" and "this server has no such call": Temporal Cloud registers in its own console. */
const NOT_ALLOWED: readonly number[] = [7, 12, 16]

/** gRPC's code for "somebody registered it between our look and our call". */
const ALREADY_EXISTS = 6

/** Of a client or a worker alike. */
export type OperatorConnection = Pick<Connection, 'operatorService'>

export type Setup =
  | { readonly kind: 'ready'; readonly added: readonly string[] }
  | { readonly kind: 'refused'; readonly missing: readonly string[]; readonly reason: string }

/**
 * Registers our search attributes where this connection may; does nothing for those that are there. `refused` is a
 * value because runs go on without them. A server takes some seconds to know a new attribute everywhere.
 */
export async function setupSearchAttributes(connection: OperatorConnection, namespace: string): Promise<Setup> {
  try {
    const added = await missingSearchAttributes(connection, namespace)
    if (added.length > 0) await register(connection, namespace, added)
    return { kind: 'ready', added }
  } catch (error) {
    if (!isGrpcServiceError(error) || !NOT_ALLOWED.includes(error.code)) throw error
    return { kind: 'refused', missing: Object.keys(SEARCH_ATTRIBUTES), reason: error.details }
  }
}

/** Names of ours that the namespace lacks, or has with another type: setting either would fail a run's task. */
export async function missingSearchAttributes(
  connection: OperatorConnection,
  namespace: string,
): Promise<readonly string[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace })
  return Object.entries(SEARCH_ATTRIBUTES)
    .filter(([name, type]) => customAttributes[name] !== TYPES[type])
    .map(([name]) => name)
}

async function register(connection: OperatorConnection, namespace: string, names: readonly string[]): Promise<void> {
  const searchAttributes = Object.fromEntries(
    Object.entries(SEARCH_ATTRIBUTES)
      .filter(([name]) => names.includes(name))
      .map(([name, type]) => [name, TYPES[type]]),
  )
  try {
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes })
  } catch (error) {
    if (!isGrpcServiceError(error) || error.code !== ALREADY_EXISTS) throw error
  }
}
