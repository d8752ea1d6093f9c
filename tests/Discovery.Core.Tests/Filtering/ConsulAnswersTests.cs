namespace Discovery.Filtering.Tests;

/// <summary>Every recorded filter gets the rows, or the error text, that the real Consul 1.8.7 gave; testdata/record.py asks it.</summary>
public sealed class ConsulAnswersTests
{
    [Fact]
    public void Answer_EveryRecordedFilter_IsThatOfConsul()
    {
        Dictionary<(string On, string Filter), Answer> deviations = ConsulRows.Deviations.ToDictionary(one => (one.On, one.Filter));
        List<string> differences = [];
        int compared = 0;
        foreach (Answer answer in ConsulRows.Answers)
        {
            string theirs = Describe(deviations.Remove((answer.On, answer.Filter), out Answer? deviation) ? deviation : answer);
            string ours = Ask(answer.On, answer.Filter);
            compared++;
            if (ours != theirs)
            {
                differences.Add($"{answer.On}: {answer.Filter}\n  expected {theirs}\n  was      {ours}");
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
        Assert.Empty(deviations);
        Assert.True(compared > 500);
    }

    [Fact]
    public void Deviation_EveryOne_DiffersFromConsulAndSaysWhy()
    {
        foreach (Answer deviation in ConsulRows.Deviations)
        {
            Answer recorded = ConsulRows.Answers.First(one => one.On == deviation.On && one.Filter == deviation.Filter);
            Assert.NotEqual(Describe(recorded), Describe(deviation));
            Assert.False(string.IsNullOrEmpty(deviation.Why));
        }
    }

    private static string Describe(Answer answer) => answer.Rows is null ? answer.Error! : string.Join(' ', answer.Rows);

    private static string Ask(string on, string filter) => on switch
    {
        "services" => Ask(ConsulRows.Services, ConsulRows.ServiceRows, filter, row => row.ID),
        "nodes" => Ask(ConsulRows.Nodes, ConsulRows.NodeRows, filter, row => row.Node),
        _ => Ask(ConsulRows.Health, ConsulRows.HealthRows, filter, row => row.Service.ID),
    };

    private static string Ask<T>(FilterSchema<T> schema, T[] rows, string filter, Func<T, string> key)
    {
        if (!FilterExpression.TryParse(filter, out FilterExpression? expression, out FilterError? error)
            || !schema.TryBind(expression, out BoundFilter<T>? bound, out error))
        {
            return error.Message;
        }

        return string.Join(' ', rows.Where(bound.Matches).Select(key));
    }
}
