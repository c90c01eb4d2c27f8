// Functions of the library under the `preserve_most` convention of LLVM: they keep all general registers but R11, and
// RAX where there is a result. Compiled code calls them where it has live values and a call is rare or short, so that
// these may stay in registers that an ordinary call destroys; with no other calls a function then needs no frame.
//
// By hand, since LLVM 19 compiles functions of that convention wrongly: to align the stack it pops into RCX at the end,
// which has to be kept.

#if defined(__x86_64__)

  .intel_syntax noprefix

  .macro begin name
  .section .text.\name,"ax",@progbits
  .globl \name
  .hidden \name
  .type \name, @function
  .p2align 4
\name:
  .cfi_startproc
  .endm

  .macro finish name
  .cfi_endproc
  .size \name, . - \name
  .endm

  .macro keep register
  push \register
  .cfi_adjust_cfa_offset 8
  .endm

  .macro restore register
  pop \register
  .cfi_adjust_cfa_offset -8
  .endm

  // Seven registers: with the return address, the stack is aligned to 16.
  .macro keep_all
  keep rcx
  keep rdx
  keep rsi
  keep rdi
  keep r8
  keep r9
  keep r10
  .endm

  .macro restore_all
  restore r10
  restore r9
  restore r8
  restore rdi
  restore rsi
  restore rdx
  restore rcx
  .endm

  // A function with a result.
  .macro keeping name
  begin \name\()_keeping
  keep_all
  call \name
  restore_all
  ret
  finish \name\()_keeping
  .endm

  // Leads to label 1 unless RDI is a cell whose count may change, and loads the count: a word with the low bit set and
  // 0 are no references; a count below zero never changes.
  .macro load_count
  test dil, 1
  jne 1f
  test rdi, rdi
  je 1f
  mov r11d, [rdi]
  test r11d, r11d
  js 1f
  .endm

keeping nanoc_int_add
keeping nanoc_int_sub
keeping nanoc_int_mul
keeping nanoc_int_neg
keeping nanoc_int_equal
keeping nanoc_int_compare
keeping nanoc_refill

begin nanoc_dup_keeping
  load_count
  inc r11d
  mov [rdi], r11d
1:
  ret
finish nanoc_dup_keeping

begin nanoc_drop_keeping
  load_count
  dec r11d
  mov [rdi], r11d
  je 2f
1:
  ret
2:
  keep rax
  keep_all
  sub rsp, 8
  .cfi_adjust_cfa_offset 8
  call nanoc_free
  add rsp, 8
  .cfi_adjust_cfa_offset -8
  restore_all
  restore rax
  ret
finish nanoc_drop_keeping

#endif

  .section .note.GNU-stack,"",@progbits
