namespace Discovery.State;

/// <summary>What all modules of a node have declared, in an order that depends on nothing but their names.</summary>
internal sealed class StateSchema
{
    private readonly Dictionary<ushort, StateCommand> _commands = [];

    public StateSchema(IEnumerable<IStateModule> modules)
    {
        IStateModule[] sorted = [.. modules.OrderBy(static module => module.Name, StringComparer.Ordinal)];
        var names = new string[sorted.Length];
        var versions = new int[sorted.Length];
        var tables = new List<StateTable>();
        var spaces = new List<StateTopicSpace>();
        var reactions = new List<StateReaction>();
        var restoreHooks = new List<Action<StateSnapshot, StateTransaction>>();
        for (int i = 0; i < sorted.Length; i++)
        {
            names[i] = sorted[i].Name;
            if (i > 0 && names[i] == names[i - 1])
            {
                throw new ArgumentException($"Two state modules are named \"{names[i]}\".", nameof(modules));
            }

            var builder = new StateModuleBuilder(names[i], i);
            sorted[i].Configure(builder);
            versions[i] = builder.SchemaVersion;
            foreach (StateTable table in builder.Tables)
            {
                table.Bind(tables.Count, builder.IsApplication);
                tables.Add(table);
            }

            foreach (StateTopicSpace space in builder.TopicSpaces)
            {
                space.Bind(spaces.Count, builder.IsApplication);
                spaces.Add(space);
            }

            reactions.AddRange(builder.Reactions);
            restoreHooks.AddRange(builder.RestoreHooks);
            AddCommands(builder);
        }

        ModuleNames = names;
        ModuleSeeds = Array.ConvertAll(names, static name => StateHash.SeedOf("module " + name));
        SupportedVersions = versions;
        Tables = [.. tables];
        TopicSpaces = [.. spaces];
        Reactions = OrderReactions(reactions);
        RestoreHooks = [.. restoreHooks];
    }

    public string[] ModuleNames { get; }

    public ulong[] ModuleSeeds { get; }

    /// <summary>The newest schema of each module that this binary knows.</summary>
    public int[] SupportedVersions { get; }

    public StateTable[] Tables { get; }

    public StateTopicSpace[] TopicSpaces { get; }

    /// <summary>By table id, in (module id, reaction id) order.</summary>
    public StateReaction[][] Reactions { get; }

    /// <summary>In the order of the modules.</summary>
    public Action<StateSnapshot, StateTransaction>[] RestoreHooks { get; }

    public IEnumerable<StateCommand> Commands => _commands.OrderBy(static pair => pair.Key).Select(static pair => pair.Value);

    public bool TryGetCommand(ushort id, out StateCommand? command) => _commands.TryGetValue(id, out command);

    public int IndexOfModule(string name) => Array.BinarySearch(ModuleNames, name, StringComparer.Ordinal);

    private void AddCommands(StateModuleBuilder builder)
    {
        foreach (StateCommand command in builder.Commands)
        {
            if (!_commands.TryAdd(command.Id, command))
            {
                throw new ArgumentException($"Command id 0x{command.Id:X4} is declared twice: {_commands[command.Id]} and {command}.");
            }
        }
    }

    private StateReaction[][] OrderReactions(List<StateReaction> reactions)
    {
        var ordered = new StateReaction[Tables.Length][];
        for (int i = 0; i < ordered.Length; i++)
        {
            StateTable table = Tables[i];
            ordered[i] = [.. reactions.Where(reaction => ReferenceEquals(reaction.Table, table))
                .OrderBy(static reaction => reaction.ModuleId).ThenBy(static reaction => reaction.Id)];
        }

        return ordered;
    }
}
