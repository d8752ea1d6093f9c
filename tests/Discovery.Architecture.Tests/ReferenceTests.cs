using System.Reflection;
using Discovery.Architecture.Rules;

namespace Discovery.Architecture;

public sealed class ReferenceTests
{
    public static TheoryData<string> Built => [.. BuiltPackages.Names];

    [Fact]
    public void Projects_OfThisRepository_ReferDownOnly() => Judge.None(ReferenceRule.Projects(Repository.Files));

    [Fact]
    public void Projects_OfThisRepository_AreInTheSolution() => Judge.None(ReferenceRule.Solution(Repository.Files));

    [Fact]
    public void Samples_OfThisRepository_UseThePublicSurface() => Judge.None(ReferenceRule.Samples(Repository.Files));

    [Fact]
    public void Layers_OfThisRepository_SeeDownOnly() => Judge.None(LayerRule.Violations(Repository.Files));

    [Theory]
    [MemberData(nameof(Built))]
    public void Assembly_Built_ReferencesDownOnly(string name) =>
        Judge.None(ReferenceRule.Assembly(name, BuiltPackages.Load(name).GetReferencedAssemblies().Select(other => other.Name!)));

    [Theory]
    [MemberData(nameof(Built))]
    public void Assembly_Built_ShowsItsInternalsToTestsOnly(string name) => Judge.None(ReferenceRule.Friends(BuiltPackages.Load(name)));

    [Theory]
    [InlineData("Discovery.Core", "ProjectReference", "../Discovery.Http/Discovery.Http.csproj", "Discovery.Http")]
    [InlineData("Discovery.Raft", "ProjectReference", "..\\Discovery.Gossip\\Discovery.Gossip.csproj", "Discovery.Gossip")]
    [InlineData("Discovery.Core", "PackageReference", "MessagePack", "MessagePack")]
    [InlineData("Discovery.Core", "FrameworkReference", "Microsoft.AspNetCore.App", "Microsoft.AspNetCore.App")]
    [InlineData("Discovery.Http", "PackageReference", "Microsoft.Extensions.Http", "Microsoft.Extensions.Http")]
    [InlineData("Discovery.Core", "InternalsVisibleTo", "Discovery.Http", "Discovery.Http")]
    public void Projects_WithPlantedReference_TellIt(string name, string kind, string include, string told)
    {
        string path = $"src/{name}/{name}.csproj";
        Assert.Equal([$"{path}: {kind} {told} is not allowed"], ReferenceRule.Projects([Project(path, kind, include)]));
    }

    [Fact]
    public void Projects_WithAllowedReference_TellNothing() => Assert.Empty(ReferenceRule.Projects(
        [Project("src/Discovery.Http/Discovery.Http.csproj", "ProjectReference", "../Discovery.KeyValue/Discovery.KeyValue.csproj")]));

    [Fact]
    public void Projects_WithPlantedPackage_TellIt() => Assert.Equal(
        ["src/Discovery.Extra/Discovery.Extra.csproj: not in the table of packages"],
        ReferenceRule.Projects([Project("src/Discovery.Extra/Discovery.Extra.csproj", "Compile", "x.cs")]));

    [Fact]
    public void Samples_WithPlantedSource_TellIt() => Assert.Single(
        ReferenceRule.Samples([Project("samples/QuickStart/QuickStart.csproj", "Compile", "../../src/Discovery.Core/**/*.cs")]));

    [Theory]
    [InlineData("Driver", "using Discovery.Autopilot; class A;", "Driver sees Autopilot, which is above it")]
    [InlineData("Transport", "using Discovery.Autopilot; class A;", "Transport sees Autopilot, which is above it")]
    [InlineData("Driver", "class A { void M() => Autopilot.Log.M(); }", "Driver sees Autopilot, which is above it")]
    [InlineData("Transport", "class A { Driver.RaftDriver? _b; }", "Transport sees Driver, which is above it")]
    [InlineData("Storage", "class A { void M() => Discovery.Transport.B.M(); }", "Storage sees Transport, which is above it")]
    public void Layers_WithPlantedName_TellIt(string folder, string source, string told) => Assert.Equal(
        [$"src/Discovery.Raft/{folder}/A.cs:1: {told}"], LayerRule.Violations([new($"src/Discovery.Raft/{folder}/A.cs", source)]));

    [Theory]
    [InlineData("Autopilot", "using Discovery.Driver; using Discovery.Transport; class A;")]
    [InlineData("Driver", "using Discovery.Transport; class A { Autopilot? Autopilot { get; } void M() => Autopilot.Start(); }")]
    [InlineData("DependencyInjection", "using Discovery.Autopilot; class A;")]
    public void Layers_WithProperName_TellNothing(string folder, string source) =>
        Assert.Empty(LayerRule.Violations([new($"src/Discovery.Raft/{folder}/A.cs", source)]));

    [Fact]
    public void Assembly_WithPlantedReference_TellsIt() => Assert.Equal(
        ["Discovery.Core refers to Discovery.Http"], ReferenceRule.Assembly("Discovery.Core", ["System.Runtime", "Discovery.Http"]));

    [Theory]
    [InlineData("Discovery.Http")]
    [InlineData("QuickStart")]
    [InlineData("Discovery.Http.Tests")]
    public void Friends_WithPlantedFriend_TellIt(string friend) => Assert.Equal(
        [$"Discovery.Core shows its internals to {friend}"], ReferenceRule.Friends("Discovery.Core", ["Discovery.Core.Tests", friend]));

    [Fact]
    public void Solution_WithPlantedProject_TellsIt() => Assert.Equal(
        ["tests/B.Tests/B.Tests.csproj: not in Discovery.sln"],
        ReferenceRule.Solution(
        [
            new("Discovery.sln", "Project(\"{0}\") = \"A\", \"src\\A\\A.csproj\", \"{1}\""),
            new("src/A/A.csproj", "<Project />"),
            new("tests/B.Tests/B.Tests.csproj", "<Project />"),
        ]));

    private static SourceFile Project(string path, string kind, string include) =>
        new(path, $"<Project><ItemGroup><{kind} Include=\"{include}\" /></ItemGroup></Project>");
}
