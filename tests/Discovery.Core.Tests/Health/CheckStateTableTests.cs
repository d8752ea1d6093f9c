namespace Discovery.Health;

public class CheckStateTableTests
{
    private static readonly CheckKey s_key = new("web", "check");

    /// <summary>Each line: settings | results in order | the status published after each (p, w, c).</summary>
    [Fact]
    public void Report_ThresholdTable_PublishesExactly()
    {
        const string file = "health-thresholds.txt";
        var produced = new List<string>();
        int cases = 0;
        foreach (string line in File.ReadAllLines(HealthTestData.PathOf(file)))
        {
            string[] parts = line.Split('|');
            if (line.StartsWith('#') || parts.Length < 2)
            {
                produced.Add(line);
                continue;
            }

            cases++;
            (CheckDefinition definition, HealthOptions options) = HealthTestData.ParseSettings(parts[0]);
            var state = new CheckState(CheckSettings.From(s_key, definition, options), TimeSpan.Zero, new Random(1));
            string results = HealthTestData.Expand(parts[1]);
            var published = new char[results.Length];
            for (int i = 0; i < results.Length; i++)
            {
                CheckStatus before = state.Published;
                CheckStep step = state.Report(HealthTestData.Seconds(10 * i), new(HealthTestData.Status(results[i]), $"run {i}"));
                Assert.Equal(state.Published != before, step.PublishStatus);
                published[i] = HealthTestData.Letter(state.Published);
            }

            produced.Add($"{parts[0]}|{parts[1]}| {new string(published)}");
        }

        Assert.True(cases >= 20, $"only {cases} cases");
        HealthTestData.Check(file, produced);
    }

    /// <summary>Blocks: a line of settings and results, then what comes out and when, until all is quiet.</summary>
    [Fact]
    public void Report_FlappingTable_PublishesExactly()
    {
        const string file = "health-flapping.txt";
        var produced = new List<string>();
        int cases = 0;
        foreach (string line in File.ReadAllLines(HealthTestData.PathOf(file)))
        {
            string[] parts = line.Split('|');
            if (line.StartsWith("  ", StringComparison.Ordinal))
            {
                continue;
            }

            produced.Add(line);
            if (!line.StartsWith('#') && parts.Length == 2)
            {
                cases++;
                produced.AddRange(Play(parts[0], HealthTestData.Expand(parts[1])));
            }
        }

        Assert.True(cases >= 10, $"only {cases} cases");
        HealthTestData.Check(file, produced);
    }

    [Fact]
    public void Report_TableWithWrongExpectation_IsCaught()
    {
        (CheckDefinition definition, HealthOptions options) = HealthTestData.ParseSettings("initial=passing critical=3");
        var state = new CheckState(CheckSettings.From(s_key, definition, options), TimeSpan.Zero, new Random(1));
        CheckStep step = state.Report(TimeSpan.Zero, CheckResult.Critical());

        Assert.True(step.IsNothing);
        Assert.Equal(CheckStatus.Passing, state.Published);
    }

    private static IEnumerable<string> Play(string settings, string results)
    {
        (CheckDefinition definition, HealthOptions options) = HealthTestData.ParseSettings(settings);
        var state = new CheckState(CheckSettings.From(s_key, definition, options), TimeSpan.Zero, new Random(1));
        var log = new List<string>();
        TimeSpan interval = definition.Interval ?? HealthTestData.Seconds(1);
        bool flapping = false;
        void Note(TimeSpan at, CheckStep step)
        {
            string now = $"  {at.TotalSeconds:0.###}s";
            if (step.PublishStatus)
            {
                log.Add($"{now} {CheckText.StatusName(state.Published)}");
            }
            else if (step.PublishOutput)
            {
                log.Add($"{now} output");
            }

            if (flapping != state.IsFlapping)
            {
                flapping = state.IsFlapping;
                log.Add(flapping ? $"{now} flapping, held for {(state.HeldUntil!.Value - at).TotalSeconds:0.###}s" : $"{now} steady");
            }

            if (step.DeregisterDue)
            {
                log.Add($"{now} deregister");
            }
        }

        void TickUntil(TimeSpan end)
        {
            while (state.NextDeadline is { } due && due <= end)
            {
                Note(due, state.Tick(due));
            }
        }

        for (int i = 0; i < results.Length; i++)
        {
            TimeSpan at = interval * i;
            TickUntil(at);
            if (results[i] != '.')
            {
                Note(at, state.Report(at, new(HealthTestData.Status(results[i]), $"result {results[i]}")));
            }
        }

        TickUntil((interval * results.Length) + TimeSpan.FromHours(1));
        return log;
    }
}
