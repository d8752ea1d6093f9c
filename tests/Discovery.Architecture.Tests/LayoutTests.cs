using Discovery.Architecture.Rules;
using Xunit.Abstractions;

namespace Discovery.Architecture;

public sealed class LayoutTests(ITestOutputHelper output)
{
    [Fact]
    public void Folders_OfThisRepository_AreThoseOfTheTable() => Judge.None(FolderRule.Violations(Repository.Files));

    [Fact]
    public void Sizes_OfThisRepository_AreWithinLimits() => Judge.None(SizeRule.Violations(Repository.Files));

    [Fact]
    public void PublicTypes_OfThisRepository_HaveFilesOfTheirOwn() => Judge.None(PublicTypeRule.Violations(Repository.Files));

    [Fact]
    public void Methods_OverTheSoftLimit_AreReported()
    {
        var methods = Repository.CSharp("src", "samples")
            .SelectMany(file => SizeRule.Methods(file).Select(method => (file, method))).ToArray();
        foreach (var (file, method) in methods.Where(entry => entry.method.Lines > SizeRule.MethodLinesSoft))
        {
            output.WriteLine($"{method.Lines,4}  {file.At(method.Node, method.Name)}");
        }

        Assert.NotEmpty(methods);
    }

    [Theory]
    [InlineData("src/Discovery.Core/Stray.cs", "src/Discovery.Core/Stray.cs: source lies in a folder of its package")]
    [InlineData("src/Discovery.Core/Misc/A.cs", "src/Discovery.Core/Misc/A.cs: Misc is not a folder of Discovery.Core")]
    [InlineData("src/Discovery.Core/State/A/B/C.cs", "src/Discovery.Core/State/A/B/C.cs: more than two folder levels below the package")]
    [InlineData("src/Discovery.Extra/State/A.cs", "src/Discovery.Extra/State/A.cs: Discovery.Extra is not in the table of packages")]
    [InlineData("src/Shared/Misc/A.cs", "src/Shared/Misc/A.cs: Misc is not a folder of Shared")]
    public void Folders_WithPlantedFile_TellIt(string path, string told) =>
        Assert.Equal([told], FolderRule.Violations([new(path, "")]));

    [Theory]
    [InlineData("src/Discovery.Core/State/A.cs")]
    [InlineData("src/Discovery.Core/Health/Checks/A.cs")]
    [InlineData("src/Shared/Wire/A.cs")]
    [InlineData("tests/Discovery.Core.Tests/A.cs")]
    public void Folders_WithProperFile_TellNothing(string path) => Assert.Empty(FolderRule.Violations([new(path, "")]));

    [Fact]
    public void Sizes_WithPlantedLongFile_TellIt() => Assert.Equal(
        ["src/A/B.cs: 501 lines, more than 500"], SizeRule.Violations([new("src/A/B.cs", string.Concat(Enumerable.Repeat("//\n", 501)))]));

    [Fact]
    public void Sizes_WithPlantedLongLine_TellIt() => Assert.Equal(
        ["src/A/B.cs:2: 141 columns, more than 140"], SizeRule.Violations([new("src/A/B.cs", "\n" + new string('/', 141) + "\n")]));

    [Fact]
    public void Sizes_WithPlantedLongMethod_TellIt() => Assert.Equal(
        ["src/A/B.cs:1: M has 121 lines, more than 120"],
        SizeRule.Violations([new("src/A/B.cs", "class B { void M() {" + new string('\n', 120) + "} }")]));

    [Fact]
    public void Sizes_AtTheirLimits_TellNothing() => Assert.Empty(SizeRule.Violations(
    [
        new("src/A/B.cs", string.Concat(
            "class B { void M() {", new string('\n', 119), "} }\n", string.Concat(Enumerable.Repeat(new string('/', 140) + "\n", 380)))),
    ]));

    [Theory]
    [InlineData("public class B;", "holds public type B")]
    [InlineData("public class A; public enum B;", "public types A, B share a file")]
    [InlineData("public record A; public class B;", "public types A, B share a file")]
    [InlineData("public record X; public record Y;", "public types X, Y share a file")]
    [InlineData("public delegate void B();", "holds public type B")]
    public void PublicTypes_WithPlantedNeighbour_TellIt(string source, string told) => Assert.Equal(
        ["src/P/F/A.cs: " + told], PublicTypeRule.Violations([new("src/P/F/A.cs", "namespace Discovery;" + source)]));

    [Fact]
    public void PublicTypes_InPlantedNamespace_TellIt() => Assert.Equal(
        ["src/P/F/A.cs:1: public type A is in namespace 'Discovery.Inner'"],
        PublicTypeRule.Violations([new("src/P/F/A.cs", "namespace Discovery.Inner; public class A;")]));

    [Theory]
    [InlineData("A.cs", "public class A; internal class B; file class C;")]
    [InlineData("A.cs", "public class A; public class A<T>;")]
    [InlineData("A.cs", "public class A { public class Inner; }")]
    [InlineData("A.Part.cs", "public partial class A;")]
    [InlineData("A{T}.cs", "public class A<T>;")]
    [InlineData("Messages.cs", "public abstract record Message; public sealed record Ping : Message;")]
    [InlineData("Log.cs", "internal static class Log;")]
    public void PublicTypes_InProperFile_TellNothing(string name, string source) =>
        Assert.Empty(PublicTypeRule.Violations([new("src/P/F/" + name, "namespace Discovery;" + source)]));
}
