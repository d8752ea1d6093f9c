namespace Discovery;

/// <summary>A tagged address of a service.</summary>
/// <param name="Address">Host name or IP address.</param>
/// <param name="Port">Port, 0 to 65,535.</param>
public sealed record ServiceAddress(string Address, int Port);
