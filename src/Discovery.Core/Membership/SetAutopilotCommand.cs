namespace Discovery.Membership;

/// <summary>Sets the rules of autopilot.</summary>
/// <param name="Configuration">The rules; their indexes are not looked at.</param>
/// <param name="IfModifyIndex">Only if they were last set at this index, 0 for never; null for in any case.</param>
internal sealed record SetAutopilotCommand(AutopilotConfiguration Configuration, ulong? IfModifyIndex);
