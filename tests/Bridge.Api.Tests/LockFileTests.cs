using System.Text.Json;
using Bridge.Api.Tests.Privacy;

namespace Bridge.Api.Tests;

/// <summary>What is published for a kind of machine is made of the same packages as what is built and tested.</summary>
public sealed class LockFileTests
{
    [TestCase("Bridge.Domain")]
    [TestCase("Bridge.Application")]
    [TestCase("Bridge.Infrastructure")]
    [TestCase("Bridge.Api")]
    public void The_lock_for_a_machine_names_the_packages_that_are_tested(string project)
    {
        var folder = Path.Combine(SourceText.Root(), "src", project);
        Assert.That(PackagesOf(Path.Combine(folder, "packages.linux-x64.lock.json")), Is.EqualTo(PackagesOf(Path.Combine(folder, "packages.lock.json"))), "dotnet restore src/Bridge.Api -r linux-x64");
    }

    private static string PackagesOf(string file)
    {
        using var locked = JsonDocument.Parse(File.ReadAllText(file));
        return locked.RootElement.GetProperty("dependencies").GetProperty("net10.0").GetRawText();
    }
}
