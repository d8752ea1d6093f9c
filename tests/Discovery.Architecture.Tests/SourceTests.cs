using Discovery.Architecture.Rules;

namespace Discovery.Architecture;

public sealed class SourceTests
{
    [Fact]
    public void PureFiles_OfThisRepository_SeeOnlyTheirInputs() => Judge.None(PurityRule.Violations(Repository.Files));

    [Fact]
    public void LogLines_OfThisRepository_AreInLogFiles() => Judge.None(LogRule.Violations(Repository.Files));

    [Fact]
    public void Sources_OfThisRepository_AreFinished() => Judge.None(UnfinishedRule.Source(Repository.Files));

    [Fact]
    public void Tests_OfThisRepository_AreAllOn() => Judge.None(UnfinishedRule.Tests(Repository.Files));

    [Fact]
    public void Core_OfThisRepository_KnowsNoWordOfConsulsConfiguration()
    {
        Assert.InRange(DialectRule.Words(Repository.Files).Count, 200, 1000);
        Judge.None(DialectRule.Violations(Repository.Files));
    }

    [Fact]
    public void Core_WithPlantedWord_TellsIt() => Assert.Equal(
        ["src/Discovery.Core/Agent/A.cs:1: \"node_name\" is a word of Consul's configuration"],
        DialectRule.Violations(
        [
            new("samples/Node/ConsulDialect/DialectTable.cs", "class T { object[] M() => [To(\"a.node_name\", \"Node:NodeName\")]; }"),
            new("src/Discovery.Core/Agent/A.cs", "class A { string[] M() => [\"node_name\", \"NodeName\"]; }"),
            new("src/Discovery.Http/Agent/A.cs", "class A { string M() => \"node_name\"; }"),
        ]));

    [Theory]
    [InlineData("async Task M() { }", "Task")]
    [InlineData("System.Threading.Tasks.ValueTask<int> M() => default;", "ValueTask")]
    [InlineData("void M() => System.IO.File.Delete(\"a\");", "File")]
    [InlineData("object M() => Guid.NewGuid();", "Guid.NewGuid")]
    [InlineData("object M() => System.Guid.NewGuid();", "Guid.NewGuid")]
    [InlineData("object M() => DateTimeOffset.UtcNow;", "DateTimeOffset.UtcNow")]
    [InlineData("int M() => new Random(1).Next();", "Random")]
    [InlineData("Socket? _socket;", "Socket")]
    [InlineData("void M(TimeProvider time) { }", "TimeProvider")]
    [InlineData("int M() => HashCode.Combine(1);", "HashCode")]
    public void PureFiles_WithPlantedImpurity_TellIt(string member, string told)
    {
        string source = $"class A {{ {member} }}";
        string[] paths = ["src/P/State/A.cs", "src/P/Protocol/A.cs", "src/P/State/Trees/A.cs", "src/P/Catalog/CatalogCommands.cs"];
        foreach (string path in paths)
        {
            Assert.Equal([$"{path}:1: {told} in a pure file"], PurityRule.Violations([new(path, source)]));
        }

        Assert.Empty(PurityRule.Violations([new("src/P/Catalog/Catalog.cs", source)]));
    }

    [Theory]
    [InlineData("using T = System.Threading.Tasks.Task;\nclass A;", "src/P/State/A.cs:1: Task in a pure file")]
    [InlineData("using static System.IO.File;\nclass A;", "src/P/State/A.cs:1: File in a pure file")]
    public void PureFiles_WithPlantedUsing_TellIt(string source, string told) =>
        Assert.Equal([told], PurityRule.Violations([new("src/P/State/A.cs", source)]));

    [Fact]
    public void PureFiles_WithPlantedLock_TellItInProtocolOnly()
    {
        const string source = "class A { void M() { lock (this) { } } }";
        Assert.Equal(["src/P/Protocol/A.cs:1: lock in a pure file"], PurityRule.Violations([new("src/P/Protocol/A.cs", source)]));
        Assert.Empty(PurityRule.Violations([new("src/P/State/A.cs", source)]));
    }

    [Fact]
    public void PureFiles_WithWordsThatOnlyLookImpure_TellNothing() => Assert.Empty(PurityRule.Violations(
    [
        new("src/P/State/A.cs", """
            // Task, File and Guid.NewGuid() may be spoken of.
            /// <see cref="Task"/>
            class A { string File { get; init; } = "Task"; object M(A a) => new A { File = a.File }; Guid Id; void N() => M(File: 1); }
            """),
    ]));

    [Theory]
    [InlineData("[LoggerMessage(1001, LogLevel.Information, \"x\")]", "Log.cs", null)]
    [InlineData("[LoggerMessage(EventId = 1999, Level = LogLevel.Information)]", "Log.cs", null)]
    [InlineData("[LoggerMessage(2000, LogLevel.Information, \"x\")]", "Log.cs", "event id 2000 is not in the package's range")]
    [InlineData("[LoggerMessage(999, LogLevel.Information, \"x\")]", "Log.cs", "event id 999 is not in the package's range")]
    [InlineData("[LoggerMessage(Base + 1, LogLevel.Information, \"x\")]", "Log.cs", "the event id is no plain number")]
    [InlineData("[LoggerMessage(LogLevel.Information)]", "Log.cs", "the event id is no plain number")]
    [InlineData("[LoggerMessage(1001, LogLevel.Information, \"x\")]", "Agent.cs", "[LoggerMessage] outside Log.cs")]
    public void LogLines_WithPlantedAttribute_AreJudged(string attribute, string name, string? told)
    {
        SourceFile file = new("src/Discovery.Core/Agent/" + name, $"static partial class Log {{ {attribute} static partial void M(); }}");
        Assert.Equal(told is null ? [] : [$"{file.Path}:1: {told}"], LogRule.Violations([file]));
    }

    [Fact]
    public void LogLines_WithPlantedTwin_TellIt()
    {
        const string source = "static partial class Log { [LoggerMessage(1001, LogLevel.Information, \"x\")] static partial void M(); }";
        Assert.Equal(
            ["src/Discovery.Core/Health/Log.cs:1: event id 1001 is used in src/Discovery.Core/Agent/Log.cs too"],
            LogRule.Violations([new("src/Discovery.Core/Agent/Log.cs", source), new("src/Discovery.Core/Health/Log.cs", source)]));
    }

    [Fact]
    public void LogLines_WithPlantedDirectCall_TellIt() => Assert.Equal(
        ["src/Discovery.Core/Agent/A.cs:1: LogWarning is called directly"],
        LogRule.Violations([new("src/Discovery.Core/Agent/A.cs", "class A { void M() => _logger.LogWarning(\"x\"); }")]));

    [Theory]
    [InlineData("class A { } // TO" + "DO later", "TO" + "DO")]
    [InlineData("/* FIX" + "ME */ class A { }", "FIX" + "ME")]
    [InlineData("class A { void M() => throw new NotImplementedException(); }", "NotImplementedException")]
    public void Sources_WithPlantedMark_TellIt(string source, string told) =>
        Assert.Equal(["src/P/F/A.cs:1: " + told], UnfinishedRule.Source([new("src/P/F/A.cs", source)]));

    [Fact]
    public void Tests_WithPlantedSkip_TellIt() => Assert.Equal(
        ["tests/P/A.cs:1: a test is switched off"],
        UnfinishedRule.Tests([new("tests/P/A.cs", "class A { [Fact(Skip = \"later\")] void M() { } [Fact] void N() { } }")]));
}
