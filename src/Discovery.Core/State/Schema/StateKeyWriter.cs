namespace Discovery;

/// <summary>Writes the key of a row.</summary>
/// <typeparam name="TRow">The row type.</typeparam>
/// <param name="row">The row.</param>
/// <param name="key">Takes the key.</param>
public delegate void StateKeyWriter<in TRow>(TRow row, ref StateKeyBuilder key);
