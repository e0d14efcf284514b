"""The daemon: watches all day, collects what is new, has it trained when the machine is idle."""
