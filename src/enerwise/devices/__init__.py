"""What is wired: drivers and twins behind one port, `enerwise.devices.port.Devices`."""
