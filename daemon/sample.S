# config/frontdesk.yaml as it was when this was built; see sample_configuration().
.section .rodata
.global fd_sample, fd_sample_end
fd_sample:
.incbin FD_SAMPLE
fd_sample_end:
.byte 0
.section .note.GNU-stack,"",@progbits
