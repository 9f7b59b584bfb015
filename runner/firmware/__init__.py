"""Write what the firmware of a microcontroller needs of a chosen file."""
