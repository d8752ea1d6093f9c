namespace Discovery.Membership;

/// <summary>The state module of the rules of autopilot: command ids 0x0028 to 0x002F of Core's range.</summary>
/// <remarks>One row, once somebody has set something: until then the defaults hold, and nothing is in the log.</remarks>
internal sealed class AutopilotModule : IStateModule
{
    public const ushort SetId = 0x0028;

    private StateTable<AutopilotConfiguration>? _table;
    private StateCommand<SetAutopilotCommand, bool>? _set;

    public string Name => "autopilot";

    public StateTable<AutopilotConfiguration> Table =>
        _table ?? throw new InvalidOperationException("The module is in no state machine yet.");

    public StateCommand<SetAutopilotCommand, bool> Set => _set!;

    public void Configure(StateModuleBuilder builder)
    {
        _table = builder.AddTable<AutopilotConfiguration>("configuration", WriteKey, AutopilotConfigurationCodec.Instance);
        var commands = new AutopilotCommands(_table);
        _set = builder.AddCommand(
            SetId, "autopilot.set", SetAutopilotCommandCodec.Instance, StateCodecs.Boolean, commands.Set);
    }

    private static void WriteKey(AutopilotConfiguration row, ref StateKeyBuilder key) => key.Append(AutopilotCommands.Key);
}
