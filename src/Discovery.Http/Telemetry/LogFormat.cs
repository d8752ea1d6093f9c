namespace Discovery.Telemetry;

/// <summary>How a line of a log stream is written.</summary>
internal enum LogFormat
{
    Text = 0,
    Json,
}
