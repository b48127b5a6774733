/** An invented picture in the format of the task Image, for pages that cannot copy real ones. */
import { scanOrder, type ScanName } from '../../pictures/scan.ts';
import { classNames } from '../../sources/cifar.ts';
import type { Example } from '../../task.ts';

/** A ship on the sea; a token is a grey level + 1. */
export function inventPicture({ side, scan }: { side: number; scan: ScanName }): Example {
  const levels = Array.from({ length: side * side }, (_, i) => level(i % side, i / side, side));
  const tokens = Array.from(scanOrder(scan, side, side), (pixel) => levels[pixel]! + 1);
  return { tokens, label: classNames.indexOf('ship'), group: 0, distance: 0 };
}

/** Grey level of the pixel at a column and row of a picture with `side` pixels a side. */
function level(column: number, row: number, side: number): number {
  // The pixel's middle, on a scale from 0 to 16 at every size.
  const x = ((column + 0.5) * 16) / side;
  const y = ((Math.floor(row) + 0.5) * 16) / side;
  const inHull = y > 9 && y < 12.5 && x > 0.8 + (y - 9) * 0.6 && x < 15.2 - (y - 9) * 0.9;
  const inCabin = y > 6.5 && y <= 9 && x > 4 && x < 10;
  const inFunnel = y > 3.5 && y <= 6.5 && x > 6 && x < 8;
  const sky = 205 - 4 * y;
  const sea = 110 + 14 * Math.sin(1.9 * x + 2.6 * y);
  return Math.round(inHull ? 45 : inFunnel ? 70 : inCabin ? 235 : y > 11 ? sea : sky);
}
