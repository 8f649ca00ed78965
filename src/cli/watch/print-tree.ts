/**
 * The events of a run and of all runs below it as lines, each behind the id of its run.
 *
 * @module
 */
import type { TreeEvent } from '../../runtime/events/tree-events.ts'
import { namedFloor } from './floor.ts'
import { createEventPrinter, type EventPrinter, type EventPrinterOptions } from './print-events.ts'

export interface TreePrinter {
  print(event: Pick<TreeEvent, 'run' | 'event'>): void
}

export function createTreePrinter({ floor, ...options }: Omit<EventPrinterOptions, 'run'>): TreePrinter {
  const printers = new Map<string, EventPrinter>()
  const printerOf = (run: string) => {
    const known = printers.get(run) ?? createEventPrinter({ ...options, floor: namedFloor(floor, run), run })
    printers.set(run, known)
    return known
  }
  return {
    print({ run, event }) {
      // That run says so itself.
      if (event.kind !== 'below') printerOf(run).print(event)
    },
  }
}
