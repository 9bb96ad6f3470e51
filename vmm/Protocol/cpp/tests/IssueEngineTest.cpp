#include <gtest/gtest.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "TestSeed.h"
#include "dilaton/Errors.h"
#include "dilaton/IssueEngine.h"
#include "dilaton/VcpuClock.h"

namespace dilaton::cosim::test {

namespace {

MemoryKind kindOf(const std::string& word) {
    static const char* const names[] = {"load",   "store",     "fetch",      "atomic",
                                        "flush",  "prefetch",  "kernelload", "kernelstore",
                                        "modify", "writeback", "drain",      "mispredict"};
    std::string lower;
    for (char c : word) {
        lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    for (uint8_t i = 0; i < std::size(names); i++) {
        if (lower == names[i]) {
            return static_cast<MemoryKind>(i);
        }
    }
    throw std::runtime_error("no kind: " + word);
}

// Runs commands of docs/time.md 5.6.
class Vectors {
  public:
    std::string run(std::istringstream& words) {
        std::string command;
        words >> command;
        uint64_t position = 0;
        uint64_t latency = 0;
        std::string kind;
        IssueTicket ticket;
        if (command == "engine") {
            IssueParameters p;
            words >> p.loadHitCycles >> p.storeBufferEntries >> p.unitsPerCycle;
            engine_ = IssueEngine(p);
            issued_.clear();
            return "";
        }
        if (command == "interval") {
            IssueParameters p;
            words >> p.storeBufferEntries >> p.unitsPerCycle >> p.windowUnits >>
                p.loadQueueEntries >> p.missRegisters;
            engine_ = IssueEngine(p);
            issued_.clear();
            return "";
        }
        if (command == "dispatch") {
            return dispatch(words);
        }
        if (command == "release") {
            if (!engine_.tryRelease(ticket)) {
                return "none";
            }
            issued_.at(ticket.order) = ticket;
            return std::to_string(ticket.order) + " " + std::to_string(ticket.atUnits);
        }
        if (command == "answer") {
            size_t index = 0;
            words >> index >> latency;
            engine_.answer(issued_.at(index), latency);
            return std::to_string(engine_.stallUnits());
        }
        words >> position >> kind;
        const bool issued = engine_.tryIssue(position, kindOf(kind), ticket);
        if (command == "miss") {
            EXPECT_TRUE(issued);
            words >> latency;
            engine_.answer(ticket, latency);
            return std::to_string(ticket.atUnits) + " " + std::to_string(engine_.stallUnits());
        }
        EXPECT_EQ(command, "issue");
        if (!issued) {
            return "blocked";
        }
        issued_.push_back(ticket);
        return std::to_string(ticket.atUnits) + " " + std::to_string(ticket.entry);
    }

  private:
    std::string dispatch(std::istringstream& words) {
        IssueMiss miss;
        std::string kind;
        std::string cut;
        std::string producer;
        words >> miss.position >> kind >> cut >> miss.program >> producer;
        miss.kind = kindOf(kind);
        miss.behindCut = cut == "cut";
        miss.producer = producer == "-" ? IssueMiss::kNone : std::stoull(producer);
        IssueTicket ticket;
        // What it says of waiting holds for what it does.
        const bool waits = engine_.awaitedBy(miss) != IssueMiss::kNone;
        const IssueOutcome outcome = engine_.dispatch(miss, ticket);
        EXPECT_EQ(outcome == IssueOutcome::Blocked, waits);
        if (outcome == IssueOutcome::Blocked) {
            return "blocked";
        }
        issued_.push_back(ticket);
        return outcome == IssueOutcome::Parked ? "parked"
                                               : "issued " + std::to_string(ticket.atUnits);
    }

    IssueEngine engine_{IssueParameters{}};
    std::vector<IssueTicket> issued_;
};

std::string trimmed(const std::string& text) {
    const size_t first = text.find_first_not_of(" \t");
    return first == std::string::npos
               ? ""
               : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

TEST(IssueVectors, EveryVectorHolds) {
    int checks = 0;
    for (const auto& entry : std::filesystem::directory_iterator(DILATON_VECTORS "/issue")) {
        std::ifstream file(entry.path());
        Vectors vectors;
        std::string line;
        for (int number = 1; std::getline(file, line); number++) {
            const std::string text = trimmed(line.substr(0, line.find('#')));
            if (text.empty()) {
                continue;
            }
            const size_t arrow = text.find("->");
            std::istringstream words(text.substr(0, arrow));
            const std::string result = vectors.run(words);
            if (arrow != std::string::npos) {
                EXPECT_EQ(result, trimmed(text.substr(arrow + 2)))
                    << entry.path() << ":" << number << ": " << text;
                checks++;
            }
        }
    }
    EXPECT_GT(checks, 0);
}

TEST(IssueEngine, ArithmeticIsChecked) {
    IssueEngine engine({4, 2, 3});
    IssueTicket ticket;
    ASSERT_TRUE(engine.tryIssue(0, MemoryKind::Fetch, ticket));
    EXPECT_THROW(engine.answer(ticket, UINT64_MAX / 2), Overflow);
    IssueEngine far({4, 2, 1});
    ASSERT_TRUE(far.tryIssue(0, MemoryKind::Fetch, ticket));
    far.answer(ticket, 10);
    EXPECT_THROW((void)far.tryIssue(UINT64_MAX - 9, MemoryKind::Load, ticket), Overflow);
}

TEST(IssueEngine, AnOutOfOrderCore_GoesOnFromItsState) {
    const IssueParameters parameters{4, 2, 1, 50, 4, 2};
    IssueEngine engine(parameters);
    IssueTicket ticket;
    for (uint64_t i = 0; i < 6; i++) {
        ASSERT_EQ(engine.dispatch({i * 20, MemoryKind::Load, true, i, i - 1}, ticket),
                  IssueOutcome::Issued);
        engine.answer(ticket, 35 + i);
    }
    IssueEngine copy(parameters);
    copy.restore(engine.state());
    IssueTicket same;
    for (uint64_t i = 6; i < 12; i++) {
        ASSERT_EQ(engine.dispatch({i * 20, MemoryKind::Load, true, i, i - 1}, ticket),
                  IssueOutcome::Issued);
        ASSERT_EQ(copy.dispatch({i * 20, MemoryKind::Load, true, i, i - 1}, same),
                  IssueOutcome::Issued);
        EXPECT_EQ(ticket.atUnits, same.atUnits);
        EXPECT_GT(ticket.atUnits, i * 20);
        if (i == 8) {
            EXPECT_THROW(copy.restore(engine.state()), HostFault);  // both wait
        }
        engine.answer(ticket, 35 + i);
        copy.answer(same, 35 + i);
        EXPECT_EQ(engine.stallUnits(), copy.stallUnits());
    }
    EXPECT_THROW(copy.answer(same, 1), HostFault);
    IssueState other = engine.state();
    other.registerDone.push_back(0);
    EXPECT_THROW(copy.restore(other), HostFault);
    EXPECT_THROW(IssueEngine({4, 2, 1, 50, 0, 2}), HostFault);
}

TEST(IssueEngine, AnAnswerThatNobodyWaitsFor_IsRefused) {
    IssueEngine engine({4, 2, 1});
    IssueTicket load;
    IssueTicket store;
    ASSERT_TRUE(engine.tryIssue(0, MemoryKind::Store, store));
    engine.answer(store, 5);
    EXPECT_THROW(engine.answer(store, 5), HostFault);
    ASSERT_TRUE(engine.tryIssue(1, MemoryKind::Load, load));
    engine.answer(load, 5);
    EXPECT_THROW(engine.answer(load, 5), HostFault);
    EXPECT_THROW(engine.restore({0, 2, false, {0, 0}}), HostFault);
    EXPECT_THROW(engine.restore({0, 0, false, {0}}), HostFault);
}

TEST(VcpuClock, TimeIsTheFloorOfTheExactQuotient) {
    using Wide = unsigned __int128;
    for (uint64_t seed : seeds(50)) {
        std::mt19937_64 random(seed);
        const uint64_t hz = 1 + random() % 10'000'000'000;
        const uint64_t d = 1 + random() % 1000;
        const VcpuClock clock(hz, d);
        for (int i = 0; i < 100; i++) {
            const uint64_t units = random() >> (random() % 64);
            const Wide exact = Wide{units} * 1'000'000'000'000 / (Wide{hz} * d);
            if (exact > UINT64_MAX) {
                EXPECT_THROW((void)clock.timeAt(units), Overflow);
                continue;
            }
            EXPECT_EQ(clock.timeAt(units), static_cast<uint64_t>(exact));
            const uint64_t ps = random() >> (random() % 64);
            const Wide cycles = (Wide{ps} * hz + 999'999'999'999) / 1'000'000'000'000;
            if (cycles <= UINT64_MAX) {
                EXPECT_EQ(clock.cyclesCovering(ps), static_cast<uint64_t>(cycles));
            }
        }
    }
    EXPECT_THROW(VcpuClock(0, 1), HostFault);
    EXPECT_THROW(VcpuClock(1, 0), HostFault);
    const VcpuClock fastest(UINT64_MAX, UINT64_MAX);
    EXPECT_EQ(fastest.timeAt(UINT64_MAX), 0U);
    EXPECT_THROW((void)fastest.cyclesCovering(UINT64_MAX), Overflow);
}

}  // namespace dilaton::cosim::test
