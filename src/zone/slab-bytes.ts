/** How much of a zone an entry takes, as nginx's slab allocator hands memory out (nginx: ngx_slab.c, on 64-bit machines). */

const PAGE_BYTES = 4096;
/** A page with what is known of it. */
const KEPT_PAGE_BYTES = PAGE_BYTES + 24;
/** What a pool keeps of itself: its head, and slots and figures for nine sizes. */
const POOL_BYTES = 704;
/** What a limiting module keeps of itself stands in pages of its own sizes. */
const OWN_PAGES = 1;

/** Bytes that entries of a zone may take together. */
export function roomOf(sizeBytes: number): number {
  return Math.max(1, Math.floor((sizeBytes - POOL_BYTES) / KEPT_PAGE_BYTES) - OWN_PAGES) * PAGE_BYTES;
}

/** Memory comes in powers of two up to half a page, then in pages. */
export function chunkBytes(bytes: number): number {
  if (bytes > PAGE_BYTES / 2) return Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES;
  return 2 ** Math.ceil(Math.log2(Math.max(bytes, 8)));
}
