// C++: exceptions through frames with destructors, RTTI, containers, strings, threads, streams.
// Argument: rounds.
#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <numeric>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <typeinfo>
#include <unordered_map>
#include <vector>

namespace {

int s_live = 0;

struct Shape {
    Shape() { s_live++; }
    virtual ~Shape() { s_live--; }
    virtual double area() const = 0;
};

struct Square final : Shape {
    explicit Square(double side) : side(side) {}
    double area() const override { return side * side; }
    double side;
};

struct Circle final : Shape {
    explicit Circle(double radius) : radius(radius) {}
    double area() const override { return 3 * radius * radius; }
    double radius;
};

struct Refused : std::runtime_error {
    Refused(int depth) : std::runtime_error("refused at " + std::to_string(depth)), depth(depth) {}
    int depth;
};

[[gnu::noinline]] int dig(int depth, int limit) {
    std::unique_ptr<Shape> held = std::make_unique<Square>(depth);
    if (depth == limit) {
        if (limit % 3 == 0) {
            throw Refused(depth);
        }
        if (limit % 3 == 1) {
            throw std::out_of_range("range");
        }
        throw limit;
    }
    return dig(depth + 1, limit) + static_cast<int>(held->area());
}

std::map<std::string, int> throwing(int rounds) {
    std::map<std::string, int> caught;
    for (int i = 0; i < rounds; i++) {
        try {
            dig(0, i % 30);
        } catch (const Refused &e) {
            caught[e.what()] += e.depth;
        } catch (const std::exception &e) {
            caught[typeid(e) == typeid(std::out_of_range) ? "out of range" : "other"]++;
        } catch (int limit) {
            caught["int"] += limit;
        }
    }
    return caught;
}

double shapes(int rounds) {
    std::vector<std::shared_ptr<Shape>> all;
    for (int i = 0; i < rounds; i++) {
        if (i % 3 == 0) {
            all.push_back(std::make_shared<Circle>(i % 10));
        } else {
            all.push_back(std::make_shared<Square>(i % 7));
        }
    }
    double circles = 0;
    for (const auto &shape : all) {
        if (const auto *circle = dynamic_cast<const Circle *>(shape.get())) {
            circles += circle->area();
        }
    }
    return circles + std::accumulate(all.begin(), all.end(), 0.0,
        [](double sum, const auto &s) { return sum + s->area(); });
}

} // namespace

int main(int argc, char **argv) {
    int rounds = argc > 1 ? std::stoi(argv[1]) : 300;
    for (const auto &[what, count] : throwing(rounds)) {
        std::cout << what << ": " << count << '\n';
    }
    std::cout << "area " << shapes(rounds) << ", live " << s_live << '\n';

    std::unordered_map<std::string, int> words;
    std::istringstream text("the cat and the dog and the bird");
    for (std::string word; text >> word;) {
        words[word]++;
    }
    std::vector<std::pair<std::string, int>> sorted(words.begin(), words.end());
    std::sort(sorted.begin(), sorted.end());
    for (const auto &[word, count] : sorted) {
        std::cout << word << '=' << count << ' ';
    }
    std::cout << '\n';

    std::string message;
    std::thread thread([&message] {
        try {
            throw Refused(77);
        } catch (const std::exception &e) {
            message = e.what();
        }
    });
    thread.join();
    std::cout << "thread: " << message << '\n';
    try {
        std::function<int(int)> none;
        none(1);
    } catch (const std::bad_function_call &) {
        std::cout << "bad function call\n";
    }
    return 0;
}
